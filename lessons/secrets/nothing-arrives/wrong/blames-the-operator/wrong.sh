# "External Secrets is broken", as the ticket says.
k8s-sec-lab answer bikes controller
