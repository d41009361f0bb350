package io.nodejoin.activities.kubernetes.preparation;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import java.util.List;

/** The service accounts that the service has in a cluster. */
public enum Accounts {
    /** One for everything. */
    single("account.yaml"),
    /** One that mints tokens and one that approves certificates, for processes of their own. */
    separate("accounts.yaml");

    private final String manifest;

    Accounts(String manifest) {
        this.manifest = manifest;
    }

    /** One service account in the namespace {@code nodejoin-system}. */
    public enum Account {
        /** Of a process with all roles. */
        SERVICE("nodejoin"),
        /** Of a process with the role worker. */
        WORKER("nodejoin-worker"),
        /** Of a process with the role approver. */
        APPROVER("nodejoin-approver");

        private final String accountName;

        Account(String accountName) {
            this.accountName = accountName;
        }

        /** Returns the name of the ServiceAccount. */
        public String accountName() {
            return accountName;
        }

        /** Returns the user that the API server knows the account as. */
        public String userName() {
            return "system:serviceaccount:" + ManagedObjects.NAMESPACE + ":" + accountName;
        }

        private boolean exists(KubernetesClient client) {
            return client.serviceAccounts()
                            .inNamespace(ManagedObjects.NAMESPACE)
                            .withName(accountName)
                            .get()
                    != null;
        }
    }

    /** Returns those that a cluster was prepared with; the single one for a cluster that was not prepared yet. */
    public static Accounts of(AdminCluster cluster) {
        return Account.WORKER.exists(cluster.client()) ? separate : single;
    }

    /** Returns the accounts. */
    public List<Account> accounts() {
        return switch (this) {
            case single -> List.of(Account.SERVICE);
            case separate -> List.of(Account.WORKER, Account.APPROVER);
        };
    }

    String manifest() {
        return manifest;
    }
}
