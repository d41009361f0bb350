package io.nodejoin.service.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Every metric at {@code /metrics}. The page docs/reference/metrics.md is made from it, and {@link CatalogueFilter}
 * applies it to the registry.
 */
enum ScrapedMeter {
    REQUESTS(
            Kind.COUNTER,
            "nodejoin_requests",
            "result reason",
            "Records of the requests topic, by result: started, queued, duplicate, cancelled, without-effect (a cancel that"
                    + " found nothing to abort), offered and withdrawn (a machine of a pool), rejected. A rejected one is on the dead-letter topic; reason is its error"
                    + " code"),
    INTAKE_LAG(
            Kind.GAUGE,
            "nodejoin_intake_lag",
            "",
            "records",
            "Records of the requests topic that this replica's partitions have and that are not read"),
    INTAKE_PARTITIONS_PAUSED(
            Kind.GAUGE,
            "nodejoin_intake_partitions_paused",
            "",
            "",
            "Partitions that are paused before a record that cannot be processed"),
    JOINS_ACCEPTED(Kind.COUNTER, "nodejoin_joins_accepted", "cluster", "Joins that were accepted"),
    JOINS(
            Kind.COUNTER,
            "nodejoin_joins",
            "cluster outcome reason",
            "Joins that ended, by outcome (succeeded, failed, cancelled) and error code"),
    JOIN_DURATION(
            Kind.TIMER,
            "nodejoin_join_duration",
            "cluster outcome",
            "1 2 5 10 20 60 180 600",
            "Time from the acceptance of a join to its outcome"),
    JOIN_PHASE_DURATION(
            Kind.TIMER,
            "nodejoin_join_phase_duration",
            "phase outcome",
            "0.05 0.25 1 2.5 5 15 60 300",
            "Time from the phase before to this phase, by the join's outcome"),
    JOINS_IN_PROGRESS(
            Kind.REPLICATED,
            "nodejoin_joins_in_progress",
            "cluster phase",
            "",
            "Joins and leaves in progress by phase, as Temporal counts them"),
    OLDEST_REQUEST_AGE(
            Kind.REPLICATED,
            "nodejoin_oldest_request_age",
            "cluster",
            "seconds",
            "Age of the oldest accepted join or leave without an outcome"),
    POOL_MACHINES(
            Kind.REPLICATED,
            "nodejoin_pool_machines",
            "cluster pool state",
            "",
            "Machines of the pool by state: offered (its agent does not wait), free, bound (it is a node, or joins), quarantined"),
    POOL_WAITING_JOINS(
            Kind.REPLICATED,
            "nodejoin_pool_waiting_joins",
            "cluster pool",
            "",
            "Joins that wait for a machine of the pool"),
    ATTEMPTS_COMPENSATED(
            Kind.COUNTER,
            "nodejoin_attempts_compensated",
            "reason",
            "Attempts of joins that were compensated, by error code"),
    LEAVES_ACCEPTED(Kind.COUNTER, "nodejoin_leaves_accepted", "cluster", "Leaves that were accepted"),
    LEAVES(
            Kind.COUNTER,
            "nodejoin_leaves",
            "cluster outcome reason",
            "Leaves that ended, by outcome (succeeded, failed) and error code"),
    EFFECTS(
            Kind.COUNTER,
            "nodejoin_effects",
            "cluster action",
            "Effects on clusters, by the action of the audit log, such as token.create, csr.approve, csr.deny"),
    SERVING_CERTIFICATES(
            Kind.COUNTER,
            "nodejoin_serving_certificates",
            "decision",
            "Decisions on requests for serving certificates"),
    FOREIGN_KEY_CSRS(
            Kind.COUNTER,
            "nodejoin_foreign_key_csrs",
            "cluster",
            "Denied certificate requests made with a join's token and another key than its host's"),
    FOREIGN_SIGNER_CSRS(
            Kind.COUNTER,
            "nodejoin_foreign_signer_csrs",
            "cluster",
            "Certificate requests that holders of Nodejoin's tokens made to other signers; each replica counts them"),
    TOKENS_ALIVE(
            Kind.REPLICATED,
            "nodejoin_tokens_alive",
            "cluster",
            "",
            "Bootstrap tokens in the cluster's ledger, which may exist"),
    TOKENS_ORPHANED(
            Kind.REPLICATED,
            "nodejoin_tokens_orphaned",
            "cluster",
            "",
            "Bootstrap tokens in the ledger whose join has been over for 90 s"),
    TOKENS_LIMIT(
            Kind.REPLICATED, "nodejoin_tokens_limit", "cluster", "", "The cluster's maxTokens: further joins wait"),
    TOKEN_REJECTION(
            Kind.TIMER,
            "nodejoin_token_rejection",
            "cluster",
            "0.1 0.5 1 2 5 15 30",
            "Time from the deletion of a token until the API server rejected it"),
    REVOCATIONS_UNVERIFIED(
            Kind.COUNTER,
            "nodejoin_revocations_unverified",
            "cluster",
            "Tokens whose rejection by the API server could not be verified in time"),
    API_RESPONSES(
            Kind.COUNTER,
            "nodejoin_api_responses",
            "cluster status",
            "Responses of the API server by status: 2xx, 4xx, 409, 429 (it limits Nodejoin), 5xx, none (no connection)"),
    COLLECTOR_CYCLES(
            Kind.COUNTER,
            "nodejoin_garbage_collector_cycles",
            "cluster result",
            "Cycles of garbage collection: done, or failed if a join could not be settled"),
    COLLECTOR_CLEANUPS_STARTED(
            Kind.COUNTER,
            "nodejoin_garbage_collector_cleanups_started",
            "cluster",
            "Cleanups started after joins and leaves whose workflow ended without undoing them"),
    COLLECTOR_ORPHAN_AGE(
            Kind.REPLICATED,
            "nodejoin_garbage_collector_orphan_age",
            "cluster",
            "seconds",
            "How long the oldest join that is over has had something left to delete"),
    QUARANTINED_NODES_REMOVED(
            Kind.COUNTER,
            "nodejoin_quarantined_nodes_removed",
            "cluster",
            "Nodes removed since another machine had registered under a quarantined name"),
    NODES_REPLACED(
            Kind.COUNTER,
            "nodejoin_nodes_replaced",
            "cluster",
            "Joined Nodes that another machine has replaced under their name"),
    AGENTS_CONNECTED(
            Kind.GAUGE, "nodejoin_gateway_agents_connected", "", "", "Agents that are connected to this replica"),
    MACHINES_WAITING(
            Kind.GAUGE,
            "nodejoin_gateway_machines_waiting",
            "",
            "",
            "Machines of pools whose agents wait at this replica for a join to take them"),
    ADMISSION_WINDOW(
            Kind.GAUGE,
            "nodejoin_admission_window",
            "cluster",
            "",
            "Joins of the cluster that this replica lets be under way; it follows how fast commands come"),
    ADMISSION_ACTIVE(
            Kind.GAUGE,
            "nodejoin_admission_active",
            "cluster",
            "",
            "Joins of the cluster that are under way through this replica: from the enrollment to the active kubelet"),
    ADMISSION_WAITING(
            Kind.GAUGE,
            "nodejoin_admission_waiting",
            "cluster",
            "",
            "Joins of the cluster whose agents wait at this replica for their turn"),
    ADMISSION_BROKEN(
            Kind.EACH,
            "nodejoin_admission_broken",
            "cluster",
            "",
            "1 while joins only probe the cluster, since several in a row got no command, or 0"),
    ADMISSION_POOLS_STOPPED(
            Kind.GAUGE,
            "nodejoin_admission_pools_stopped",
            "cluster",
            "",
            "Pools of the cluster whose joins this replica only tries one by one, since several machines in a row failed with one code"),
    HANDSHAKES(Kind.COUNTER, "nodejoin_gateway_handshakes", "result", "TLS handshakes with agents: succeeded, failed"),
    ANONYMOUS_CONNECTIONS(
            Kind.GAUGE,
            "nodejoin_gateway_anonymous_connections",
            "",
            "",
            "Open connections to this replica without an agent's certificate"),
    CLOSED_CONNECTIONS(
            Kind.COUNTER,
            "nodejoin_gateway_closed_connections",
            "reason",
            "Connections that the gateway closed: deadline (no complete request head in time), limit (too many without a"
                    + " certificate), rate (too many new ones from one address, or from strangers in all),"
                    + " proxy_header (no header of the PROXY protocol from an address of gateway.proxyProtocol)"),
    ADMIN_CONNECTIONS(
            Kind.GAUGE, "nodejoin_admin_connections", "", "", "Open connections to the port of metrics and dashboard"),
    CLOSED_ADMIN_CONNECTIONS(
            Kind.COUNTER,
            "nodejoin_admin_closed_connections",
            "reason",
            "Connections to the port of metrics and dashboard that were closed: deadline (no complete request head in time),"
                    + " limit (too many)"),
    DASHBOARD_PASSWORDS(
            Kind.COUNTER,
            "nodejoin_dashboard_passwords",
            "result",
            "Passwords that clients of the dashboard sent, by result: right, wrong, throttled (not looked at); one that was right"
                    + " is remembered and counts once"),
    ENROLLMENTS(Kind.COUNTER, "nodejoin_gateway_enrollments", "result", "Responses to enrollments"),
    REJOINS(Kind.COUNTER, "nodejoin_gateway_rejoins", "result", "Responses to machines that come back by themselves"),
    RENEWALS(Kind.COUNTER, "nodejoin_gateway_renewals", "result", "Responses to renewals of agents' certificates"),
    ASSIGNMENTS(Kind.COUNTER, "nodejoin_gateway_assignments", "verb result", "Host commands that agents have executed"),
    DUPLICATE_SESSIONS(
            Kind.COUNTER, "nodejoin_gateway_duplicate_sessions", "", "Rejected second agents with the same identity"),
    PART_READY(
            Kind.EACH,
            "nodejoin_part_ready",
            "part",
            "",
            "1 if this part of /readyz is ready on this replica, or 0: kafka, temporal, intake, gateway, audit log, cluster"
                    + " NAME"),
    CERTIFICATE_EXPIRY(
            Kind.EACH,
            "nodejoin_certificate_expiry",
            "certificate",
            "seconds",
            "Unix time at which a credential of this replica ends: gateway, agent-ca, cluster NAME (its kubeconfig)"),
    TEMPORAL_POLLERS(
            Kind.GAUGE,
            "temporal_num_pollers",
            "poller_type task_queue",
            "",
            "Polls of Temporal's task queues that run"),
    TEMPORAL_SLOTS_AVAILABLE(
            Kind.GAUGE,
            "temporal_worker_task_slots_available",
            "worker_type task_queue",
            "",
            "Tasks that workers could run beside the running ones"),
    TEMPORAL_SLOTS_USED(
            Kind.GAUGE, "temporal_worker_task_slots_used", "worker_type task_queue", "", "Tasks that workers run"),
    TEMPORAL_STICKY_CACHE(Kind.GAUGE, "temporal_sticky_cache_size", "", "", "Workflows in the workers' cache"),
    TEMPORAL_REQUESTS(Kind.COUNTER, "temporal_request", "operation", "Requests to Temporal"),
    TEMPORAL_REQUEST_FAILURES(
            Kind.COUNTER, "temporal_request_failure", "operation status_code", "Requests to Temporal that failed"),
    TEMPORAL_POLL_FAILURES(
            Kind.COUNTER, "temporal_long_request_failure", "operation status_code", "Polls of Temporal that failed"),
    TEMPORAL_REQUEST_LATENCY(
            Kind.TIMER, "temporal_request_latency", "", "0.01 0.05 0.25 1 5", "Duration of requests to Temporal"),
    TEMPORAL_WORKFLOW_TASK_WAIT(
            Kind.TIMER,
            "temporal_workflow_task_schedule_to_start_latency",
            "task_queue",
            "0.05 0.25 1 5 30",
            "How long workflow tasks waited for a worker"),
    TEMPORAL_ACTIVITY_WAIT(
            Kind.TIMER,
            "temporal_activity_schedule_to_start_latency",
            "task_queue",
            "0.05 0.25 1 5 30",
            "How long activities waited for a worker"),
    TEMPORAL_ACTIVITY_FAILURES(
            Kind.COUNTER, "temporal_activity_execution_failed", "activity_type", "Attempts of activities that failed"),
    TEMPORAL_TASK_FAILURES(
            Kind.COUNTER, "temporal_workflow_task_execution_failed", "failure_reason", "Workflow tasks that failed"),
    JVM_MEMORY_USED(Kind.EACH, "jvm.memory.used", "area id", "bytes", "Used memory of the JVM"),
    JVM_MEMORY_MAX(Kind.EACH, "jvm.memory.max", "area id", "bytes", "Memory that the JVM may use; -1 without a limit"),
    JVM_GC_PAUSE(Kind.TIMER, "jvm.gc.pause", "action cause gc", "", "Pauses of garbage collection"),
    JVM_THREADS(Kind.EACH, "jvm.threads.live", "", "threads", "Platform threads"),
    PROCESS_CPU(
            Kind.EACH, "process.cpu.usage", "", "", "Share of the machine's processors that this process uses, 0 to 1"),
    PROCESS_FILES_OPEN(Kind.EACH, "process.files.open", "", "files", "Open file descriptors"),
    PROCESS_FILES_MAX(Kind.EACH, "process.files.max", "", "files", "Limit of open file descriptors"),
    PROCESS_START(Kind.EACH, "process.start.time", "", "seconds", "Unix time at which the process started");

    private static final double NANOS = 1e9;

    private final Kind kind;
    private final String id;
    private final String labels;
    private final String more;
    private final String help;

    ScrapedMeter(Kind kind, String id, String labels, String help) {
        this(kind, id, labels, "", help);
    }

    /** @param more the unit of a gauge, or the upper bounds of a timer's histogram in seconds */
    ScrapedMeter(Kind kind, String id, String labels, String more, String help) {
        this.kind = kind;
        this.id = id;
        this.labels = labels;
        this.more = more;
        this.help = help;
    }

    /** What it is, and how the values of several replicas make one. */
    enum Kind {
        COUNTER,
        GAUGE,
        /** A gauge of which each replica reports the whole cluster's value: take the maximum, do not add. */
        REPLICATED,
        /** A gauge of this process: there is no sense in adding it to that of another. */
        EACH,
        TIMER
    }

    static Optional<ScrapedMeter> find(String id) {
        return Arrays.stream(values()).filter(meter -> meter.id.equals(id)).findFirst();
    }

    Kind kind() {
        return kind;
    }

    String id() {
        return id;
    }

    String help() {
        return help;
    }

    List<String> labels() {
        return words(labels);
    }

    Optional<String> unit() {
        boolean isGauge = kind != Kind.COUNTER && kind != Kind.TIMER;
        return isGauge && !more.isEmpty() ? Optional.of(more) : Optional.empty();
    }

    /** The upper bounds of its histogram; none of other meters. */
    double[] bucketNanos() {
        return kind == Kind.TIMER
                ? words(more).stream()
                        .mapToDouble(seconds -> Double.parseDouble(seconds) * NANOS)
                        .toArray()
                : new double[0];
    }

    /** The name in a scrape. */
    String exposedName() {
        String name = id.replace('.', '_');
        return switch (kind) {
            case COUNTER -> name + "_total";
            case TIMER -> name + "_seconds";
            case GAUGE, REPLICATED, EACH ->
                name + unit().map(unit -> "_" + unit).orElse("");
        };
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
    }
}
