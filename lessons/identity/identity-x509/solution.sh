# A private key for jane, and a request for a certificate: CN becomes the username, O the group.
openssl req -new -newkey rsa:2048 -nodes -keyout jane.key -subj "/CN=jane/O=payments-dev" -out jane.csr

# Ask Kubernetes to sign it, for one hour.
kubectl delete csr jane --ignore-not-found
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

# The controller-manager signs a moment later.
kubectl wait csr jane --for=jsonpath='{.status.certificate}' --timeout=30s
kubectl get csr jane -o jsonpath='{.status.certificate}' | base64 -d > jane.crt

# A kubeconfig with jane's certificate, and with the CA that proves the server to her.
server=$(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}')
kubectl config view --raw --minify -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d > ca.crt
kubectl config set-cluster lab --kubeconfig jane.kubeconfig --server "$server" --certificate-authority ca.crt --embed-certs
kubectl config set-credentials jane --kubeconfig jane.kubeconfig --client-certificate jane.crt --client-key jane.key --embed-certs
kubectl config set-context jane --kubeconfig jane.kubeconfig --cluster lab --user jane --namespace payments
kubectl config use-context jane --kubeconfig jane.kubeconfig

# The shared certificate stays valid, so take away what its group may do.
kubectl delete clusterrolebinding payments-shared --ignore-not-found
