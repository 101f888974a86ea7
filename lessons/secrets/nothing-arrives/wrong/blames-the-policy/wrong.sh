# Half of Vault's answer.
k8s-sec-lab answer press account
