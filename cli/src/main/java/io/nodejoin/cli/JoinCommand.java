package io.nodejoin.cli;

import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.Taint;
import io.nodejoin.workflows.node.NodeRef;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodejoin join NODE}: publishes a join request as a fleet autoscaler would. */
@Command(
        name = "join",
        header = {
            "Requests that a machine become a node.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} join fra-1/worker-7 --enrollment-file worker-7.secret --wait",
            "  ${ROOT-COMMAND-NAME} join worker-7 --cluster fra-1 --label pool=batch --taint dedicated=batch:NoSchedule",
            "  ${ROOT-COMMAND-NAME} join fra-1/worker-7 --pool batch --min-cpus 16 --min-memory 64Gi --wait",
            "  ${ROOT-COMMAND-NAME} join fra-1/worker-7 --enrollment-file - --rejoin --wait",
            ""
        },
        description =
                "Publishes a join request on the requests topic, as a fleet autoscaler does. With --wait exit code 1 if the join"
                        + " fails, 6 if the request is rejected, 5 if it has not ended within --timeout.")
final class JoinCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Clock clock;
    private final SecureRandom random;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Mixin
    private final RequestPublisher publisher;

    @Parameters(
            paramLabel = ClientOptions.NODE,
            description = "the name that the node gets, with its cluster or with --cluster")
    private String node = "";

    @Option(
            names = "--enrollment",
            paramLabel = "SECRET",
            description =
                    "the secret that is on the machine, of 128 bits at least, which other users of this machine see;"
                            + " without it, and without --pool, one is generated and printed. It binds the first agent that shows it to the join, and is valid"
                            + " again in each request with its digest, such as that of nodejoin retry")
    private @Nullable String enrollment;

    @Option(
            names = "--enrollment-file",
            paramLabel = "FILE",
            description =
                    "read that secret from this file, or with - from standard input (the file in NODEJOIN_ENROLLMENT_FILE)")
    private @Nullable String enrollmentFile;

    @Option(
            names = "--pool",
            paramLabel = "POOL",
            converter = PoolConverter.class,
            description =
                    "the autoscaler's node pool or node group, which sets no label. Without an enrollment secret the join"
                            + " takes a machine of it, or waits for one until its deadline")
    private @Nullable PoolName pool;

    @Mixin
    private MachineChoice machine = new MachineChoice();

    @Option(names = "--address", paramLabel = "IP", description = "an address of the machine; the first is the node IP")
    private List<String> addresses = List.of();

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "a label of the node")
    private Map<String, String> labels = Map.of();

    @Option(names = "--taint", paramLabel = "KEY[=VALUE]:EFFECT", description = "a taint of the node")
    private List<String> taints = List.of();

    @Option(names = "--provider-id", paramLabel = "ID", description = "the machine at its cloud or fleet")
    private @Nullable String providerId;

    @Option(
            names = "--profile",
            paramLabel = "PROFILE",
            defaultValue = "containerd",
            description = "containerd or docker")
    private HostProfile profile = HostProfile.CONTAINERD;

    @Option(
            names = "--serving-certificate",
            description = "have the kubelet serve with a certificate of the cluster, and wait for it; needs --address")
    private boolean servingCertificate;

    @Option(names = "--rejoin", description = "the machine takes the place of its own earlier node, as after a repair")
    private boolean rejoin;

    @Option(
            names = "--pod-cidr",
            paramLabel = "CIDR",
            description = "the addresses of the node's pods, for a bridge as their network")
    private @Nullable String podCidr;

    @Option(
            names = "--endorsement-key",
            paramLabel = "DIGEST",
            description = "enroll only the machine whose TPM has this endorsement key: sha256:HEX of its public key")
    private @Nullable String endorsementKey;

    @Option(
            names = "--system-uuid",
            paramLabel = "UUID",
            description = "join only a host that says that this is its SMBIOS system UUID")
    private @Nullable String systemUuid;

    @Option(
            names = "--ready-gate",
            paramLabel = "GATE",
            description = "what to wait for besides Ready, repeatable: a node condition type, or"
                    + " DaemonSet/NAMESPACE/NAME for a DaemonSet whose pod on the node must be Ready")
    private List<String> readyGates = List.of();

    @Option(
            names = "--deadline",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "give the join up after this time, such as 10m")
    private @Nullable Duration deadline;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            defaultValue = "15m",
            description = "how long to follow (15m)")
    private Duration timeout = Duration.ofMinutes(15);

    JoinCommand(Terminal terminal, Map<String, String> environment, Clock clock, SecureRandom random) {
        this.terminal = terminal;
        this.environment = environment;
        this.clock = clock;
        this.random = random;
        this.publisher = new RequestPublisher(terminal, environment, clock);
    }

    /** @param made the secret that was generated for it */
    record Plan(JoinRequested request, Optional<EnrollmentSecret> made) {}

    @Override
    public Integer call() throws InterruptedException {
        ClientSettings settings = client.settings(environment);
        Plan plan = plan(settings);
        String eventId = UUID.randomUUID().toString();
        LifecycleEvent.Outcome end = publisher.publish(
                settings.requireKafka(),
                plan.request(),
                eventId,
                timeout,
                () -> plan.made().ifPresent(this::announce));
        Map<String, Object> facts = RequestPublisher.facts(eventId, plan.request());
        plan.made().ifPresent(secret -> facts.put("enrollment", secret.value()));
        return publisher.report(client, plan.request(), facts, end);
    }

    /** Returns what the command line requests. */
    Plan plan(ClientSettings settings) {
        Optional<EnrollmentSecret> given = givenSecret();
        boolean needsMachine = needsMachine(given.isPresent());
        Optional<EnrollmentSecret> made =
                given.isPresent() || needsMachine ? Optional.empty() : Optional.of(EnrollmentSecret.random(random));
        EnrollmentSecret secret = given.or(() -> made).orElse(null);
        return new Plan(request(client.node(settings, node), secret), made);
    }

    /** Whoever follows the join needs the secret before its end. */
    private void announce(EnrollmentSecret secret) {
        terminal.progress("enrollment secret for the machine: " + secret.value());
    }

    private Optional<EnrollmentSecret> givenSecret() {
        if (enrollment != null && enrollmentFile != null) {
            throw new CliException(ExitCodes.USAGE, "--enrollment and --enrollment-file exclude each other", null);
        }
        String file = enrollmentFile == null ? environment.get(EnrollmentSecret.FILE_VARIABLE) : enrollmentFile;
        return enrollment != null || file == null
                ? Optional.ofNullable(enrollment).map(EnrollmentSecret::given)
                : Optional.of(EnrollmentSecret.read(file));
    }

    /** A join that names a pool and no secret takes a machine of the pool. */
    private boolean needsMachine(boolean hasSecret) {
        if (machine.isMade() && (hasSecret || pool == null)) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "--machine, --machine-label, --min-cpus and --min-memory choose a machine of a pool: give --pool, and no"
                            + " enrollment secret",
                    null);
        }
        boolean needsMachine = pool != null && !hasSecret;
        if (needsMachine && rejoin) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "--rejoin is for one machine: give its enrollment secret, since a pool may give another machine",
                    null);
        }
        return needsMachine;
    }

    private JoinRequested request(NodeRef joining, @Nullable EnrollmentSecret secret) {
        return new JoinRequested(
                joining.cluster(),
                joining.name(),
                secret == null ? null : secret.digest(),
                addresses,
                labels,
                taints.stream().map(JoinCommand::taint).toList(),
                providerId,
                profile,
                readyGates,
                deadline == null ? null : clock.instant().plus(deadline),
                servingCertificate ? Boolean.TRUE : null,
                rejoin ? Boolean.TRUE : null,
                podCidr,
                pool,
                machine.of(endorsementKey, systemUuid));
    }

    private static Taint taint(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new CliException(ExitCodes.USAGE, "'" + text + "' is no taint; write KEY[=VALUE]:EFFECT", null);
        }
        String[] keyAndValue = text.substring(0, colon).split("=", 2);
        try {
            return new Taint(
                    keyAndValue[0],
                    keyAndValue.length == 2 ? keyAndValue[1] : null,
                    Taint.Effect.valueOf(text.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "'" + text + "' has no known effect; allowed: NoSchedule, PreferNoSchedule, NoExecute",
                    e);
        }
    }
}
