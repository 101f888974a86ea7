# Signed by jane herself: the right name, the wrong issuer.
openssl req -x509 -newkey rsa:2048 -nodes -keyout jane.key -subj "/CN=jane/O=payments-dev" -days 1 -out jane.crt
server=$(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}')
kubectl config view --raw --minify -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d > ca.crt
kubectl config set-cluster lab --kubeconfig jane.kubeconfig --server "$server" --certificate-authority ca.crt --embed-certs
kubectl config set-credentials jane --kubeconfig jane.kubeconfig --client-certificate jane.crt --client-key jane.key --embed-certs
kubectl config set-context jane --kubeconfig jane.kubeconfig --cluster lab --user jane --namespace payments
kubectl config use-context jane --kubeconfig jane.kubeconfig
kubectl delete clusterrolebinding payments-shared
