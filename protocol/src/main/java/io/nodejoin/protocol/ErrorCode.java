package io.nodejoin.protocol;

/**
 * Every reason for which a join, or a step of it, can fail. The names are public API: stable, the same in events,
 * metrics, CLI, logs and docs.
 */
public enum ErrorCode {
    CLUSTER_AUTO_APPROVES_CSRS(
            Retry.NO,
            "the cluster approves any bootstrap CSR",
            "remove the named binding, or choose approval: cluster"),
    KAFKA_CONFIG_UNSAFE(Retry.NO, "a Kafka setting can lose or double events", "set the named key"),
    EVENT_MALFORMED(Retry.NO, "size, depth, encoding, schema or version", "fix the producer; re-drive the DLT"),
    EVENT_UNAUTHENTICATED(Retry.NO, "no valid signature for this cluster", "sign with the right key; suspect abuse"),
    EVENT_EXPIRED(Retry.NEW, "past the event's deadline", "send a new event if still wanted"),
    INVALID_NODE_NAME(Retry.NO, "name breaks the named rule", "correct the name"),
    LABEL_NOT_ALLOWED(Retry.NO, "label, taint or role outside policy", "drop it or change the policy"),
    QUOTA_DEFERRED(Retry.AUTO, "waiting for tenant or cluster quota", "wait, or raise the quota"),
    TOKEN_QUOTA_EXCEEDED(Retry.AUTO, "too many live tokens", "wait; look for stuck joins"),
    SUPERSEDED(Retry.NO, "a join of higher or equal generation holds the node", "follow the other join"),
    JOIN_DEADLINE_EXCEEDED(Retry.NEW, "join deadline passed between steps", "see the slowest step; raise the deadline"),
    CLUSTER_UID_MISMATCH(Retry.NO, "credential leads to another cluster", "correct the cluster's credential"),
    CLUSTER_AUTH_FAILED(
            Retry.AUTO_THEN_NEW, "API server refuses our credential or right", "rotate it; compare the rights"),
    ANONYMOUS_ACCESS_TOO_WIDE(
            Retry.NO, "anonymous may read more than cluster-info", "narrow the role, or relax the policy knowingly"),
    CLUSTER_NOT_PREPARED(
            Retry.NEW, "the cluster lacks a right that its joins need", "run nodejoin cluster prepare on it"),
    NODE_NAME_IN_USE(
            Retry.NEW, "Node exists or Pods are bound to the name", "remove the old Node, or choose another name"),
    NODE_QUARANTINED(
            Retry.NEW,
            "a certificate for the name may live on another host",
            "wait for NotAfter, or lift after a proven wipe"),
    AUDIT_UNAVAILABLE(Retry.AUTO, "audit cannot be written; effects stop", "free or repair the audit store"),
    ENROLLMENT_REFUSED(
            Retry.NO, "secret wrong, used, expired, or other key", "new secret in a new event; suspect abuse"),
    AGENT_UNREACHABLE(Retry.AUTO_THEN_NEW, "agent never came or fell silent", "check host, network, unit"),
    AGENT_IDENTITY_MISMATCH(Retry.NO, "agent's certificate or key is not this host's", "investigate; enroll anew"),
    AGENT_DUPLICATE_SESSION(Retry.NO, "two live agents with one identity", "find the clone; enroll anew"),
    GATEWAY_UNTRUSTED(
            Retry.AUTO,
            "gateway not under the pinned CA (agent's log)",
            "correct the pin or the gateway's certificate"),
    COMMAND_UNKNOWN(Retry.NO, "verb or field outside the contract", "align versions; suspect abuse"),
    COMMAND_STALE(Retry.NO, "old, expired or replayed command", "none; look into it if it repeats"),
    STEP_OUTPUT_LIMIT(Retry.AUTO, "a host step wrote too much; cut", "look at the step's diagnostics"),
    HOST_PREFLIGHT_FAILED(Retry.NEW, "named host check failed", "follow the check's remedy"),
    HOST_CANNOT_REACH_API_SERVER(
            Retry.AUTO_THEN_NEW,
            "the host cannot reach the API server, and Nodejoin can",
            "open the way to it: routes, firewall, proxy"),
    HOST_PREPARE_FAILED(Retry.AUTO_THEN_NEW, "a step failed; pre-image restored", "read the step's output"),
    HOST_CLOCK_SKEW(Retry.NEW, "host clock off by > 60 s", "fix time sync"),
    HOST_DISK_FULL(Retry.NEW, "no space, read-only or I/O error", "free or replace the disk"),
    HOST_PATH_UNSAFE(Retry.NO, "link, owner or mode trap on a path", "inspect the host: possible attack"),
    ARTIFACT_DIGEST_MISMATCH(Retry.NO, "binary differs from the plan", "restore the artefact; suspect tampering"),
    HOST_ROLLBACK_INCOMPLETE(Retry.NO, "host could not be rolled back", "repair by the listed residue, then ResetHost"),
    TOKEN_SEAL_INVALID(Retry.AUTO, "JWE cannot be opened, or is for another join", "none; if it repeats, enroll anew"),
    TOKEN_LOST(Retry.AUTO_THEN_NEW, "token vanished before registration", "find who deletes Secrets"),
    REVOCATION_UNVERIFIED(
            Retry.AUTO, "token deleted, 401 not yet seen", "check the agent; safe once expiry has passed"),
    CLUSTER_INFO_SIGNATURE_MISSING(
            Retry.AUTO_THEN_NEW,
            "signature did not appear or stay",
            "check the cluster's signer and our right on cluster-info"),
    CLUSTER_INFO_SIGNATURE_INVALID(
            Retry.AUTO_THEN_NO, "JWS does not match content and token", "see who edits cluster-info"),
    CLUSTER_INFO_CHANGED(
            Retry.NEW,
            "cluster-info was another one when it was read again over verified TLS",
            "see who edits cluster-info, or answers in its place; then send a new request"),
    CA_PIN_MISMATCH(
            Retry.NO,
            "endpoint or cluster-info has another CA",
            "treat as an attack; check the pin after a CA rotation"),
    KUBELET_NOT_STARTED(Retry.AUTO_THEN_NEW, "unit does not stay active", "read the 20 log lines"),
    KUBELET_INSECURE(Retry.NO, "kubelet answers anonymously", "correct the kubelet settings"),
    CSR_TIMEOUT(
            Retry.AUTO_THEN_NEW,
            "no CSR by our token user in time, or a late one",
            "check kubelet log and API reachability"),
    NODE_IDENTITY_MISMATCH(
            Retry.NO, "CN, machineID or systemUUID is not this join's", "investigate: host misnamed or token misused"),
    CSR_KEY_MISMATCH(
            Retry.AUTO,
            "a second key used the token, or the host lacks the approved key",
            "investigate theft; harmless after a kubelet crash"),
    CSR_RULE_VIOLATED(Retry.NO, "CSR breaks the named exact rule", "correct kubelet or signer policy; suspect abuse"),
    TOO_MANY_CSRS(Retry.NO, "more than 3 CSRs of one token", "investigate the host"),
    CSR_DENIED_EXTERNALLY(Retry.NEW, "someone else denied it", "ask that approver"),
    CSR_CN_NOT_REQUESTER(Retry.NO, "renewal for another node", "treat that node as compromised"),
    SERVING_SAN_NOT_OWNED(Retry.NO, "serving SAN outside the inventory", "correct addresses, or suspect abuse"),
    CERTIFICATE_NOT_ISSUED(Retry.AUTO_THEN_NEW, "approved, never signed", "check kube-controller-manager"),
    NODE_NOT_REGISTERED(Retry.AUTO_THEN_NEW, "certificate issued, Node never appeared", "read the kubelet log"),
    NODE_NOT_READY(
            Retry.NEW, "Ready not reached; names the blocking condition", "fix network plugin or the named blocker"),
    NODE_UID_CHANGED(Retry.NO, "Node deleted or re-created after the join", "treat as a new, unapproved identity"),
    QUARANTINED_NODE_APPEARED(Retry.NO, "a quarantined name came back", "isolate the host; the Node is removed"),
    UNKNOWN_CLUSTER(
            Retry.NO, "no cluster of that name is configured", "correct the cluster name, or configure the cluster"),
    CANCELLED_BY_REQUEST(
            Retry.NEW, "the join was cancelled on request", "send a new request if the node is still wanted"),
    TERMINATED(
            Retry.NEW,
            "Temporal ended or lost the join's workflow; the garbage collector revoked it",
            "replace the host, or send a new request once it is reset; ask who terminated the workflow"),
    HOST_RESET_FAILED(
            Retry.AUTO_THEN_NEW,
            "the host could not be reset",
            "read the residue in the outcome, repair the host, then ResetHost"),
    NODE_NOT_MANAGED(
            Retry.NO,
            "the Node that shall leave was not made by a join of Nodejoin",
            "drain and delete it by hand, or correct the name"),
    DRAIN_BLOCKED(
            Retry.NEW,
            "pods could not be evicted before the deadline",
            "look at the budgets of the named pods; send a new request, or one with force"),
    INTERNAL(Retry.NO, "a defect in Nodejoin", "report it with the join id; the service log has the cause");

    /** Whether and by whom the same thing may be tried again. */
    public enum Retry {
        /** Retried inside the join, by the step and by another attempt. */
        AUTO,
        /** Retried inside the join; if that does not help, a new request may be sent after the remedy. */
        AUTO_THEN_NEW,
        /** Retried inside the join; if that does not help, not before something else changes. */
        AUTO_THEN_NO,
        /** The same request may be sent again, with a new id, after the remedy. */
        NEW,
        /** Not before something else changes. */
        NO
    }

    private final Retry retry;
    private final String meaning;
    private final String remedy;

    ErrorCode(Retry retry, String meaning, String remedy) {
        this.retry = retry;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    /** Who may try again. */
    public Retry retry() {
        return retry;
    }

    /** What the code says, in half a sentence. */
    public String meaning() {
        return meaning;
    }

    /** What a person does about it. */
    public String remedy() {
        return remedy;
    }

    /** Whether a join whose attempt has failed so may make another one, with another token. */
    public boolean retryableByAnotherAttempt() {
        return switch (retry) {
            case AUTO, AUTO_THEN_NEW, AUTO_THEN_NO -> true;
            case NEW, NO -> false;
        };
    }

    /** Whether the sender of the request may send it again. */
    public boolean retryableByNewRequest() {
        return switch (retry) {
            case AUTO, AUTO_THEN_NEW, NEW -> true;
            case AUTO_THEN_NO, NO -> false;
        };
    }
}
