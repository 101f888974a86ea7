# The administrator's certificate that says it acts as jane.
server=$(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}')
kubectl config view --raw --minify -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d > ca.crt
kubectl config set-cluster lab --kubeconfig jane.kubeconfig --server "$server" --certificate-authority ca.crt --embed-certs
kubectl config set-context jane --kubeconfig jane.kubeconfig --cluster lab --user jane --namespace payments
kubectl config use-context jane --kubeconfig jane.kubeconfig
kubectl config view --raw -o jsonpath='{.users[0].user.client-certificate-data}' | base64 -d > admin.crt
kubectl config view --raw -o jsonpath='{.users[0].user.client-key-data}' | base64 -d > admin.key
kubectl config set-credentials jane --kubeconfig jane.kubeconfig --client-certificate admin.crt --client-key admin.key --embed-certs
sed -i.bak 's/^    client-certificate-data/    as: jane\n    as-groups: [payments-dev]\n    client-certificate-data/' jane.kubeconfig
kubectl delete clusterrolebinding payments-shared
