package io.nodejoin.protocol;

import java.util.Locale;

/**
 * The reason of a failure of a join, of a leave, or of one of their steps. The names are public API: stable, and the
 * same in events, metrics, CLI, logs and docs.
 */
public enum ErrorCode {
    CLUSTER_AUTO_APPROVES_CSRS(
            Retry.NO,
            ReasonClass.CONTROL_PLANE,
            "the cluster approves certificate requests of any bootstrap token, for any node name",
            "nodejoin doctor: it names each binding that lets kube-controller-manager approve requests of bootstrap tokens",
            "remove the named binding, or choose approval: cluster"),
    KAFKA_CONFIG_UNSAFE(
            Retry.NO,
            ReasonClass.CONTROL_PLANE,
            "a Kafka setting can lose or double events",
            "the named key in kafka.clientPropertiesFile",
            "set the named key as the message says"),
    EVENT_MALFORMED(
            Retry.NO,
            ReasonClass.REQUEST,
            "the record is no CloudEvent of a known type, no JSON within the limits, or not valid by its schema",
            "the field and the detail of the rejected event; the record is on the dead-letter topic",
            "fix the producer; re-drive the DLT"),
    EVENT_UNAUTHENTICATED(
            Retry.NO,
            ReasonClass.REQUEST,
            "the request has no valid signature for its cluster",
            "the detail of the rejected event; compare the key id of the signature with requestKeysFile of the cluster",
            "sign with the right key; suspect abuse"),
    EVENT_FORBIDDEN(
            Retry.NO,
            ReasonClass.REQUEST,
            "the key that signed the request may not make requests of this kind or for this pool",
            "nodejoin keys list --keys FILE, for the key id of the signature: its kinds and pools",
            "sign with a key for this kind and pool, or make one with nodejoin keys new; suspect abuse"),
    EVENT_EXPIRED(
            Retry.NEW,
            ReasonClass.REQUEST,
            "the request was read after its deadline",
            "the deadline and the time of the event, the clock of its sender, and the lag of the consumer group",
            "send a new event if still wanted"),
    INVALID_NODE_NAME(
            Retry.NO,
            ReasonClass.REQUEST,
            "the node name is no RFC 1123 subdomain",
            "the offset in the detail of the rejected event",
            "correct the name"),
    LABEL_NOT_ALLOWED(
            Retry.NO,
            ReasonClass.REQUEST,
            "a label or taint of the request has a key that is reserved",
            "the field of the rejected event names the key; if the join has failed, the admission policy that the detail names",
            "drop it or change the policy"),
    TOKEN_QUOTA_EXCEEDED(
            Retry.AUTO,
            ReasonClass.CAPACITY,
            "the cluster has as many live tokens as maxTokens allows",
            "kubectl -n nodejoin-system get configmaps: one entry join-... per live token; maxTokens of the cluster",
            "wait; check for joins that are stuck"),
    SUPERSEDED(
            Retry.NO,
            ReasonClass.REQUEST,
            "a newer request for the same node exists",
            "nodejoin status NODE: the request that runs or ran last, and its time",
            "follow the newer request"),
    NOT_ABORTABLE(
            Retry.NO,
            ReasonClass.REQUEST,
            "no request of the node runs, or it is being compensated, or it is newer than the cancel",
            "nodejoin status NODE: its phase, and the time of its request",
            "wait for its outcome; to cancel a newer request, cancel again"),
    DEADLINE_NOT_EXTENDABLE(
            Retry.NO,
            ReasonClass.REQUEST,
            "no join of the node runs, or the new deadline is not later than the present one, or more than 24 h ahead",
            "nodejoin status NODE: its phase and deadline",
            "extend a running join only, and to a later time; request one that has ended again"),
    JOIN_DEADLINE_EXCEEDED(
            Retry.NEW,
            ReasonClass.TIMEOUT,
            "the request's deadline passed before the join was done, or before it began",
            "the last phase in the outcome, and what to check in that phase",
            "see the phase it waited in; send a new request, with a later deadline if the host is slow"),
    STEP_TIMED_OUT(
            Retry.NEW,
            ReasonClass.TIMEOUT,
            "a step did not end within its time limit, without a cause",
            "/readyz?verbose of the service; the pending activity in the workflow, in Temporal's UI",
            "check that workers of the service run, then the service log for the named step"),
    WORKER_INTERRUPTED(
            Retry.NEW,
            ReasonClass.TIMEOUT,
            "the process that ran a step stopped or stalled before it acted",
            "restarts and the log of the service; the node of the service for lack of CPU or memory",
            "none if it is rare: another worker repeats the step; if it repeats, check the service's CPU, memory and"
                    + " restarts"),
    CLUSTER_UID_MISMATCH(
            Retry.NO,
            ReasonClass.CONTROL_PLANE,
            "the service's credential leads to another cluster than its configuration names",
            "kubectl get namespace kube-system -o jsonpath={.metadata.uid}, with the service's kubeconfig of the cluster; uid in its configuration",
            "correct the cluster's credential"),
    CLUSTER_UNAVAILABLE(
            Retry.NEW,
            ReasonClass.CONTROL_PLANE,
            "Nodejoin cannot reach the API server, or it answers 5xx",
            "/readyz?verbose of the service; kubectl get --raw /readyz with its kubeconfig, from where it runs",
            "check the control plane and the way from Nodejoin to it, then send a new request"),
    CLUSTER_THROTTLED(
            Retry.AUTO,
            ReasonClass.CAPACITY,
            "the API server limits Nodejoin's requests (429)",
            "kubectl get --raw /debug/api_priority_and_fairness/dump_priority_levels; how many joins run at once",
            "wait; check API Priority and Fairness for Nodejoin's user, or start fewer joins at once"),
    OBJECT_CONFLICT(
            Retry.AUTO_THEN_NEW,
            ReasonClass.CONTROL_PLANE,
            "another writer changed the named object each time Nodejoin wrote it (409)",
            "kubectl get OBJECT -o yaml --show-managed-fields: the other manager",
            "find who else writes the named object, then send a new request"),
    CLUSTER_AUTH_FAILED(
            Retry.AUTO_THEN_NEW,
            ReasonClass.CONTROL_PLANE,
            "the API server rejects Nodejoin's credential (401) or denies a right (403)",
            "nodejoin cluster prepare --dry-run server: which rights differ; the expiry of the credential",
            "replace the credential, or compare the rights with those of nodejoin cluster prepare"),
    ANONYMOUS_ACCESS_TOO_WIDE(
            Retry.NO,
            ReasonClass.CONTROL_PLANE,
            "anonymous users may read more than cluster-info",
            "nodejoin doctor: the binding that gives anonymous users the right",
            "narrow the role, or relax the policy knowingly"),
    CLUSTER_NOT_PREPARED(
            Retry.AUTO_THEN_NEW,
            ReasonClass.CONTROL_PLANE,
            "the cluster lacks an object or a right that its joins need",
            "nodejoin doctor, check prepared objects: what is missing",
            "run nodejoin cluster prepare on it"),
    NODE_NAME_IN_USE(
            Retry.NEW,
            ReasonClass.REQUEST,
            "a Node of the name exists, or pods are bound to it",
            "kubectl get node NODE -o yaml, and kubectl get pods -A --field-selector spec.nodeName=NODE",
            "remove the old Node, or choose another name"),
    NODE_NOT_IN_POOL(
            Retry.NO,
            ReasonClass.REQUEST,
            "the Node, or the request that runs for it, is of another pool than this request, or of none",
            "nodejoin describe NODE: the pool of its latest request",
            "name the pool of the node; a key that is limited to other pools cannot act on it"),
    NODE_QUARANTINED(
            Retry.NEW,
            ReasonClass.IDENTITY,
            "the name is quarantined: a certificate for it may be valid on another host",
            "kubectl -n nodejoin-system get configmap quarantine-NODE -o yaml: until when, and why",
            "wait until its NotAfter, lift the quarantine after a proven wipe, or repair the named entry"),
    BROKER_UNAVAILABLE(
            Retry.AUTO,
            ReasonClass.CONTROL_PLANE,
            "the Kafka broker does not answer; events wait",
            "/readyz?verbose of the service, line kafka; the broker itself",
            "check the broker; the outcome is published once it is back"),
    BROKER_AUTH_FAILED(
            Retry.AUTO,
            ReasonClass.CONTROL_PLANE,
            "the Kafka broker refuses Nodejoin's credential or ACL",
            "/readyz?verbose of the service, line kafka; the ACLs of the service's principal on the three topics",
            "correct the credential or the ACL of the named topic; the outcome is published then"),
    AUDIT_UNAVAILABLE(
            Retry.AUTO,
            ReasonClass.CONTROL_PLANE,
            "the audit log cannot be written, so nothing is done",
            "/readyz?verbose of the service, line audit log; space and permissions of the directory of audit.file",
            "free or repair the audit store"),
    TEMPORAL_UNAVAILABLE(
            Retry.AUTO,
            ReasonClass.CONTROL_PLANE,
            "Temporal does not answer; requests wait on their topic, and open joins continue once it is back",
            "/readyz?verbose of the service, line temporal; temporal operator cluster health, from where the service runs",
            "check Temporal, temporal.target and the way to it; nothing is lost meanwhile"),
    TEMPORAL_UNTRUSTED(
            Retry.AUTO,
            ReasonClass.IDENTITY,
            "Temporal's certificate is of no CA that Nodejoin trusts or for another name, or only one of the two uses TLS",
            "openssl s_client -alpn h2 -connect TARGET -CAfile CA: the chain and the names that the server shows",
            "correct or set temporal.tls (caFile, serverName); suspect an attack if the server's certificate has changed"),
    TEMPORAL_AUTH_FAILED(
            Retry.AUTO,
            ReasonClass.CONTROL_PLANE,
            "Temporal refuses Nodejoin's client certificate or API key, or wants one and has got none",
            "openssl x509 -noout -enddate -issuer -in temporal.tls.certFile; the expiry of the API key; what the namespace accepts",
            "set or replace temporal.tls.certFile and keyFile, or temporal.apiKeyFile; changed files are read again"),
    TEMPORAL_CREDENTIALS_INVALID(
            Retry.AUTO,
            ReasonClass.CONTROL_PLANE,
            "a file with a certificate, a key or an API key for Temporal is missing, or cannot be used",
            "nodejoin config check --config FILE; the file that the detail names",
            "correct the named file, or the setting that names it: temporal.tls, temporal.apiKeyFile or temporal.payloads.keysFile"),
    TEMPORAL_PAYLOAD_UNREADABLE(
            Retry.AUTO,
            ReasonClass.IDENTITY,
            "data from Temporal cannot be decrypted: its key is missing here, or Nodejoin has not written it",
            "nodejoin payload-keys list --keys FILE, for the key that the detail names; temporal.payloads.keysFile of each replica and command",
            "add the named key to temporal.payloads.keysFile; set temporal.payloads.unencrypted: allow while joins from before encryption run; otherwise treat it as an attack"),
    TEMPORAL_NOT_PREPARED(
            Retry.AUTO,
            ReasonClass.CONTROL_PLANE,
            "Temporal lacks the namespace, the search attributes of joins, or a current version of the workers",
            "temporal operator namespace describe NAMESPACE; temporal operator search-attribute list --namespace NAMESPACE",
            "create what the detail names; joins continue then"),
    ENROLLMENT_REFUSED(
            Retry.NO,
            ReasonClass.IDENTITY,
            "the agent's secret is wrong, used or expired, or another key is bound already",
            "enrollment of the request against sha256sum of the secret on the machine, without its line end; enrollment.refused in the audit log",
            "new secret in a new event; suspect abuse"),
    ATTESTATION_REFUSED(
            Retry.NO,
            ReasonClass.IDENTITY,
            "the join names an endorsement key, and the agent with the right secret has not proved that its machine's TPM has it",
            "enrollment.refused in the audit log; tpm in agent.json; tpm2_createek on the machine against machine.endorsementKey of the request",
            "set tpm in the agent's configuration, or correct the digest in a new request; suspect theft of the secret"),
    MACHINE_MISMATCH(
            Retry.NO,
            ReasonClass.IDENTITY,
            "the host has another system UUID than the request names",
            "cat /sys/class/dmi/id/product_uuid on the host against machine.systemUuid of the request",
            "find out which machine has the secret; request the join with the right UUID"),
    TPM_UNAVAILABLE(
            Retry.AUTO,
            ReasonClass.HOST_STEP,
            "the agent cannot use the TPM that its configuration names",
            "journalctl -u nodejoin-agent on the host: the command and its output; tpm2_getcap properties-fixed",
            "install tpm2-tools, enable the TPM 2.0 in the firmware, or remove tpm from the agent's configuration"),
    AGENT_UNREACHABLE(
            Retry.AUTO_THEN_NEW,
            ReasonClass.NETWORK,
            "the agent never connected, or stopped responding",
            "journalctl -u nodejoin-agent on the host; the host's console; connections from the host to the gateway",
            "start the host or its agent, or allow its connections to the gateway"),
    AGENT_IDENTITY_MISMATCH(
            Retry.NO,
            ReasonClass.IDENTITY,
            "the agent's certificate or key is not that of the enrolled host",
            "the audit log: address and certificate of the agent that was refused",
            "investigate; enroll the host again"),
    AGENT_DUPLICATE_SESSION(
            Retry.NO,
            ReasonClass.IDENTITY,
            "two live agents with one identity",
            "the log of the gateway: the two addresses; whether a machine was cloned with its state directory",
            "find the clone; enroll the host again"),
    GATEWAY_UNTRUSTED(
            Retry.AUTO,
            ReasonClass.NETWORK,
            "the gateway's certificate is not of the CA that the agent trusts; only the agent's log says so",
            "journalctl -u nodejoin-agent on the host; openssl s_client -connect GATEWAY against gatewayCaFile; timedatectl",
            "correct the pin or the gateway's certificate"),
    GATEWAY_UNAVAILABLE(
            Retry.AUTO,
            ReasonClass.CONTROL_PLANE,
            "the gateway cannot answer now (503); nothing is wrong with the request",
            "/readyz?verbose of the service, lines temporal and audit log",
            "none: the agent asks again; if it lasts, check the gateway's way to Temporal"),
    RATE_LIMITED(
            Retry.AUTO,
            ReasonClass.CAPACITY,
            "too many attempts from this address or with this secret (429 of the gateway), or too many requests for the node",
            "enrollment.throttled in the audit log: the addresses",
            "wait as Retry-After says; if it repeats, check who guesses secrets"),
    COMMAND_UNKNOWN(
            Retry.NO,
            ReasonClass.HOST_STEP,
            "the agent received a command that it does not know",
            "versions of service and agent: nodejoin-agent version on the host",
            "align versions; suspect abuse"),
    COMMAND_STALE(
            Retry.NO,
            ReasonClass.HOST_STEP,
            "an old, expired or replayed command, or one that a reset replaced",
            "journalctl -u nodejoin-agent on the host: the command and the newer one",
            "none; investigate if it repeats"),
    STEP_OUTPUT_LIMIT(
            Retry.AUTO,
            ReasonClass.HOST_STEP,
            "the output of a host step exceeds the limit and was truncated",
            "journalctl -u nodejoin-agent on the host: the step and its output",
            "none if it is rare; correct what writes so much"),
    HOST_PREFLIGHT_FAILED(
            Retry.NEW,
            ReasonClass.HOST_PREFLIGHT,
            "the named check of the host failed",
            "the detail of the outcome names the checks; nodejoin-agent preflight on the host repeats them",
            "apply the remedy that the check names, or correct the image"),
    HOST_CANNOT_REACH_API_SERVER(
            Retry.AUTO_THEN_NEW,
            ReasonClass.NETWORK,
            "the host cannot reach the API server, and Nodejoin can",
            "curl -k https://API-SERVER/livez on the host; ip route, nft list ruleset, and the proxy settings there",
            "allow connections to it: routes, firewall, proxy"),
    HOST_PREPARE_FAILED(
            Retry.AUTO_THEN_NEW,
            ReasonClass.HOST_STEP,
            "a step of the host's preparation failed, and what it had changed was undone",
            "the output of the step, in the outcome and in journalctl -u nodejoin-agent; nodejoin-agent plan on the host",
            "correct what the output names, or replace the host"),
    HOST_COMMAND_FAILED(
            Retry.AUTO_THEN_NEW,
            ReasonClass.HOST_STEP,
            "a program or file operation on the host failed",
            "the output of the program, in the outcome and in journalctl -u nodejoin-agent",
            "correct what the output names, or replace the host"),
    HOST_CLOCK_SKEW(
            Retry.NEW,
            ReasonClass.HOST_PREFLIGHT,
            "the host's clock differs from the API server's by more than 60 s",
            "timedatectl on the host: is the clock synchronized?",
            "fix time sync"),
    HOST_DISK_FULL(
            Retry.NEW,
            ReasonClass.HOST_STEP,
            "the host's disk has no space, is read-only, or reports an I/O error",
            "df -h and df -i on the host; dmesg for errors of the disk",
            "free or replace the disk"),
    HOST_PATH_UNSAFE(
            Retry.NO,
            ReasonClass.HOST_STEP,
            "a path on the host has a link, owner or mode that lets others decide what root writes",
            "namei -l PATH on the host: the owner, mode and links that the detail names",
            "inspect the host: possible attack"),
    ARTIFACT_DIGEST_MISMATCH(
            Retry.NO,
            ReasonClass.HOST_STEP,
            "the host's kubelet is none that the cluster's configuration accepts",
            "sha256sum of the named program on the host against kubeletDigests of the cluster",
            "restore the artefact; suspect tampering"),
    HOST_ROLLBACK_INCOMPLETE(
            Retry.NO,
            ReasonClass.HOST_STEP,
            "the host could not be put back to its state before the join",
            "residue of the outcome names what is left on the host",
            "repair by the listed residue, then ResetHost"),
    TOKEN_SEAL_INVALID(
            Retry.AUTO,
            ReasonClass.IDENTITY,
            "the sealed token cannot be opened, or is for another join",
            "journalctl -u nodejoin-agent on the host: which member of the sealed token differs",
            "none; if it repeats, enroll the host again"),
    TOKEN_LOST(
            Retry.AUTO_THEN_NEW,
            ReasonClass.CONTROL_PLANE,
            "the bootstrap token vanished before the node registered",
            "the API server's audit log: who has deleted the Secret bootstrap-token-ID",
            "stop who deletes Secrets of bootstrap tokens in kube-system"),
    REVOCATION_UNVERIFIED(
            Retry.AUTO,
            ReasonClass.CONTROL_PLANE,
            "the token is deleted, but the API server was not seen to refuse it yet",
            "kubectl -n kube-system get secret bootstrap-token-ID; journalctl -u nodejoin-agent on the host",
            "check the agent; safe once expiry has passed"),
    CLUSTER_INFO_SIGNATURE_MISSING(
            Retry.AUTO_THEN_NEW,
            ReasonClass.CONTROL_PLANE,
            "the token's signature in cluster-info did not appear, or did not stay",
            "kubectl -n kube-public get configmap cluster-info -o yaml --show-managed-fields: who writes it",
            "check the cluster's signer and our right on cluster-info"),
    CLUSTER_INFO_SIGNATURE_INVALID(
            Retry.AUTO_THEN_NO,
            ReasonClass.IDENTITY,
            "the signature in cluster-info does not match its content and the token",
            "kubectl -n kube-public get configmap cluster-info -o yaml --show-managed-fields: who has changed kubeconfig",
            "stop who edits cluster-info; treat it as an attack if nobody is known"),
    CLUSTER_INFO_CHANGED(
            Retry.NEW,
            ReasonClass.IDENTITY,
            "cluster-info differs when it is read again over verified TLS",
            "kubectl -n kube-public get configmap cluster-info -o yaml --show-managed-fields; what answers at the endpoint, from the host",
            "see who edits cluster-info, or answers in its place; then send a new request"),
    CA_PIN_MISMATCH(
            Retry.NO,
            ReasonClass.IDENTITY,
            "the endpoint or cluster-info has another CA than the join expects",
            "the CA of the service's kubeconfig, that of cluster-info, and the certificate that the endpoint shows the host",
            "treat as an attack; check the pin after a CA rotation"),
    KUBELET_NOT_STARTED(
            Retry.AUTO_THEN_NEW,
            ReasonClass.HOST_STEP,
            "the kubelet's unit does not stay active",
            "hostLog of the outcome; systemctl status kubelet and journalctl -u kubelet on the host",
            "correct what the kubelet's log names, or replace the host"),
    KUBELET_INSECURE(
            Retry.NO,
            ReasonClass.HOST_STEP,
            "the kubelet answers anonymous requests",
            "/etc/kubernetes/kubelet.conf.d on the host: authentication.anonymous and authorization",
            "correct the kubelet settings"),
    CSR_TIMEOUT(
            Retry.AUTO_THEN_NEW,
            ReasonClass.TIMEOUT,
            "no certificate request of the token arrived in time, or one too late",
            "kubectl get csr; journalctl -u nodejoin-agent and -u kubelet on the host; whether it reaches the API server",
            "allow the host's connections to the API server; correct what the log names"),
    NODE_IDENTITY_MISMATCH(
            Retry.NO,
            ReasonClass.IDENTITY,
            "the node name, machine ID or system UUID is not that of this join",
            "the detail: which name or ID was expected and which came; /etc/machine-id of the host against those of others",
            "investigate: host misnamed or token misused"),
    CSR_KEY_MISMATCH(
            Retry.AUTO,
            ReasonClass.IDENTITY,
            "a second key used the token, or the host lacks the approved key",
            "the audit log and the service log: digest and requester of the other key; who can read Secrets of kube-system",
            "investigate a theft of the token; harmless after a kubelet crash"),
    CSR_RULE_VIOLATED(
            Retry.NO,
            ReasonClass.IDENTITY,
            "the certificate request breaks the named rule",
            "the detail names the rule; kubectl get csr NAME -o yaml",
            "correct kubelet or signer policy; suspect abuse"),
    TOO_MANY_CSRS(
            Retry.NO,
            ReasonClass.IDENTITY,
            "one token made more than three certificate requests",
            "kubectl get csr: all requests of system:bootstrap:ID; journalctl -u kubelet on the host",
            "investigate the host"),
    CSR_DENIED_EXTERNALLY(
            Retry.NEW,
            ReasonClass.CONTROL_PLANE,
            "another approver has denied the certificate request",
            "kubectl get csr NAME -o yaml: the condition's message and manager",
            "have that approver leave requests of system:bootstrappers:nodejoin to Nodejoin"),
    CSR_CN_NOT_REQUESTER(
            Retry.NO,
            ReasonClass.IDENTITY,
            "a node requested a certificate for another node",
            "the audit log: which node has asked for which name",
            "treat that node as compromised"),
    SERVING_SAN_NOT_OWNED(
            Retry.NO,
            ReasonClass.IDENTITY,
            "a serving certificate was requested for names or addresses that the join has not declared",
            "the detail: the names asked for and those declared; kubectl -n nodejoin-system get configmap serving-NODE -o yaml",
            "correct addresses, or suspect abuse"),
    CERTIFICATE_NOT_ISSUED(
            Retry.AUTO_THEN_NEW,
            ReasonClass.CONTROL_PLANE,
            "the certificate request was approved and never signed",
            "nodejoin doctor, check certificate signing; the log of kube-controller-manager",
            "start kube-controller-manager with the csrsigning controller and the cluster's CA key"),
    NODE_NOT_REGISTERED(
            Retry.AUTO_THEN_NEW,
            ReasonClass.TIMEOUT,
            "the certificate was issued, and the machine has not registered",
            "journalctl -u kubelet on the host; kubectl -n kube-node-lease get lease NODE -o yaml: does the kubelet renew it?",
            "correct what the kubelet's log names; allow its connections to the API server"),
    NODE_NOT_READY(
            Retry.NEW,
            ReasonClass.CONTROL_PLANE,
            "the Node was not Ready in time; the detail names what blocks it",
            "kubectl describe node NODE: the conditions; the pods of the network plugin and of the ready gates on it",
            "fix network plugin or the named blocker"),
    NODE_UID_CHANGED(
            Retry.NO,
            ReasonClass.IDENTITY,
            "the Node was deleted or created again after the join",
            "the API server's audit log: who has deleted the Node",
            "treat as a new, unapproved identity"),
    QUARANTINED_NODE_APPEARED(
            Retry.NO,
            ReasonClass.IDENTITY,
            "a Node with a quarantined name registered",
            "kubectl get node NODE -o yaml; the audit log: when the name was quarantined, and for which host",
            "isolate the host; the Node is removed"),
    UNKNOWN_CLUSTER(
            Retry.NO,
            ReasonClass.REQUEST,
            "no cluster of that name is configured",
            "clusters in the service's configuration",
            "correct the cluster name, or configure the cluster"),
    CANCELLED_BY_REQUEST(
            Retry.NEW,
            ReasonClass.CANCELLED,
            "the request was cancelled on demand",
            "the detail: who has cancelled it, and why",
            "send a new request if the node is still wanted"),
    TERMINATED(
            Retry.NEW,
            ReasonClass.CONTROL_PLANE,
            "the workflow was terminated or lost; a cleanup took back what it had done",
            "the workflow in Temporal's UI: who has terminated it; whether the namespace or its database was lost",
            "send a new request, with another host if replaceHost is true; ask who terminated the workflow"),
    HOST_RESET_FAILED(
            Retry.AUTO_THEN_NEW,
            ReasonClass.HOST_STEP,
            "the host could not be reset",
            "residue of the outcome; journalctl -u nodejoin-agent on the host",
            "read the residue in the outcome, repair the host, then ResetHost"),
    NODE_NOT_MANAGED(
            Retry.NO,
            ReasonClass.REQUEST,
            "the Node to leave was not made by a join of Nodejoin",
            "kubectl -n nodejoin-system get configmap joined-NODE",
            "drain and delete it by hand, or correct the name"),
    HOST_NOT_GONE(
            Retry.NEW,
            ReasonClass.REQUEST,
            "the machine is said to be gone, but its kubelet is alive",
            "kubectl -n kube-node-lease get lease NODE",
            "stop the machine, then send the request again; or let the node leave without hostGone"),
    DRAIN_BLOCKED(
            Retry.NEW,
            ReasonClass.TIMEOUT,
            "pods could not be evicted before the deadline",
            "the pods that the detail names; kubectl get pdb -A",
            "check the PodDisruptionBudgets of the named pods; send a new request, or one with force"),
    POOL_EXHAUSTED(
            Retry.NEW,
            ReasonClass.CAPACITY,
            "the pool had no fitting machine before the deadline",
            "nodejoin pools describe POOL: which machines are bound, too small, silent or quarantined",
            "offer more machines, or request with a later deadline or other constraints"),
    MACHINE_OFFER_CONFLICT(
            Retry.NO,
            ReasonClass.REQUEST,
            "the offer contradicts another: its secret is another machine's, or the machine is bound with another secret",
            "the detail, which names the machine; nodejoin machines describe MACHINE",
            "offer each machine once, with a secret of its own; another secret only when it is not bound"),
    INTERNAL(
            Retry.NO,
            ReasonClass.CONTROL_PLANE,
            "a defect in Nodejoin",
            "the service log, at the time of the event, for the join id",
            "report it with the join id; the service log has the cause");

    private final Retry retry;
    private final ReasonClass reasonClass;
    private final String meaning;
    private final String check;
    private final String remedy;

    ErrorCode(Retry retry, ReasonClass reasonClass, String meaning, String check, String remedy) {
        this.retry = retry;
        this.reasonClass = reasonClass;
        this.meaning = meaning;
        this.check = check;
        this.remedy = remedy;
    }

    /** Returns who may retry. */
    public Retry retry() {
        return retry;
    }

    /** Returns what kind of cause the code has, for those who sum up failures. */
    public ReasonClass reasonClass() {
        return reasonClass;
    }

    /** Returns the meaning of the code, in half a sentence. */
    public String meaning() {
        return meaning;
    }

    /** Returns where an operator sees the cause. */
    public String check() {
        return check;
    }

    /** Returns what an operator does about it. */
    public String remedy() {
        return remedy;
    }

    /** Returns the place of its section, below {@code docs/}. */
    public String page() {
        return "reference/error-codes.md#" + name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether a join whose attempt failed with this code may start another attempt, with another token. */
    public boolean retryableByAnotherAttempt() {
        return switch (retry) {
            case AUTO, AUTO_THEN_NEW, AUTO_THEN_NO -> true;
            case NEW, NO -> false;
        };
    }

    /** Returns whether the client may send the request again. */
    public boolean retryableByNewRequest() {
        return switch (retry) {
            case AUTO, AUTO_THEN_NEW, NEW -> true;
            case AUTO_THEN_NO, NO -> false;
        };
    }
}
