package io.nodejoin.cli;

import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.protocol.event.MachineWithdrawn;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodejoin machines offer} and {@code withdraw}: publish what an inventory does. */
final class MachineOfferCommands {
    private MachineOfferCommands() {}

    /** What both have in common. */
    abstract static class InventoryCommand implements Callable<Integer> {
        final Terminal terminal;
        final Map<String, String> environment;

        @Mixin
        ClientOptions client = new ClientOptions();

        @Mixin
        private final RequestSender sender;

        @Parameters(
                paramLabel = "MACHINE",
                converter = MachineIdConverter.class,
                description = "the machine's id in its pool")
        MachineId machine = new MachineId("none");

        @Option(
                names = "--pool",
                paramLabel = "POOL",
                converter = PoolConverter.class,
                required = true,
                description = "the pool, which the machine's agent names too")
        PoolName pool = new PoolName("none");

        InventoryCommand(Terminal terminal, Map<String, String> environment, Clock clock) {
            this.terminal = terminal;
            this.environment = environment;
            this.sender = new RequestSender(environment, clock);
        }

        /** Returns the facts about the request that has been published, which the caller prints. */
        Map<String, Object> publish(ClientSettings settings, LifecycleEvent.MachineRequest request)
                throws InterruptedException {
            String eventId = UUID.randomUUID().toString();
            RecordMetadata _ = new KafkaCalls(settings.requireKafka())
                    .call(() -> sender.send(settings.requireKafka(), request, eventId));
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("event", eventId);
            facts.put("cluster", request.cluster().value());
            facts.put("pool", request.pool().value());
            facts.put("machine", request.machine().value());
            return facts;
        }

        void print(LifecycleEvent.MachineRequest request, Map<String, Object> facts) {
            client.output().printFacts(terminal, request.recordKey(), facts);
        }
    }

    @Command(
            name = "offer",
            header = {
                "Offers a machine to a pool, as an inventory does.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} machines offer rack-3-slot-12 --cluster fra-1 --pool batch --enrollment-file slot-12.secret",
                "  ${ROOT-COMMAND-NAME} machines offer rack-3-slot-12 --pool batch --enrollment-file - --label zone=a < slot-12.secret",
                ""
            },
            description =
                    "Publishes the offer on the requests topic. Once its agent waits at a gateway, joins that name the pool may take"
                            + " the machine. The same offer again changes nothing; one with another secret ends a quarantine. An offer"
                            + " that contradicts another is refused with MACHINE_OFFER_CONFLICT on the dead-letter topic: nodejoin"
                            + " dlt list.")
    static final class Offer extends InventoryCommand {
        private final SecureRandom random;

        @Option(
                names = "--enrollment-file",
                paramLabel = "FILE",
                description =
                        "read the secret that is on the machine, of 128 bits at least, from this file, or with - from standard"
                                + " input (the file in NODEJOIN_ENROLLMENT_FILE); without it one is generated and printed")
        private @Nullable String enrollmentFile;

        @Option(
                names = "--label",
                paramLabel = "KEY=VALUE",
                description = "a label by which a join may choose the machine, and which its node gets, repeatable")
        private Map<String, String> labels = Map.of();

        @Option(
                names = "--endorsement-key",
                paramLabel = "DIGEST",
                description =
                        "enroll the machine only if its TPM has this endorsement key: sha256:HEX of its public key")
        private @Nullable String endorsementKey;

        @Option(
                names = "--system-uuid",
                paramLabel = "UUID",
                description = "join only a host that says that this is its SMBIOS system UUID")
        private @Nullable String systemUuid;

        Offer(Terminal terminal, Map<String, String> environment, Clock clock, SecureRandom random) {
            super(terminal, environment, clock);
            this.random = random;
        }

        @Override
        public Integer call() throws InterruptedException {
            ClientSettings settings = client.settings(environment);
            Optional<EnrollmentSecret> given = Optional.ofNullable(
                            enrollmentFile == null ? environment.get(EnrollmentSecret.FILE_VARIABLE) : enrollmentFile)
                    .map(EnrollmentSecret::read);
            EnrollmentSecret secret = given.orElseGet(() -> EnrollmentSecret.random(random));
            MachineOffered offer = offer(settings, secret);
            Map<String, Object> facts = publish(settings, offer);
            if (given.isEmpty()) {
                facts.put("enrollment", secret.value());
            }
            print(offer, facts);
            terminal.progress("next: nodejoin machines describe %s --cluster %s --pool %s"
                    .formatted(offer.machine(), offer.cluster(), offer.pool()));
            return ExitCodes.OK;
        }

        MachineOffered offer(ClientSettings settings, EnrollmentSecret secret) {
            return new MachineOffered(
                    client.cluster(settings), pool, machine, secret.digest(), labels, endorsementKey, systemUuid);
        }
    }

    @Command(
            name = "withdraw",
            header = {
                "Takes an offered machine back from its pool, as an inventory does.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} machines withdraw rack-3-slot-12 --cluster fra-1 --pool batch",
                "  ${ROOT-COMMAND-NAME} machines withdraw rack-3-slot-12 --cluster fra-1 --pool batch --signing-key inventory.jwk",
                ""
            },
            description =
                    "Publishes it on the requests topic. A machine that a node has stays with it until the node leaves (nodejoin"
                            + " leave), and is not taken again. Without an effect if the pool does not have the machine.")
    static final class Withdraw extends InventoryCommand {
        Withdraw(Terminal terminal, Map<String, String> environment, Clock clock) {
            super(terminal, environment, clock);
        }

        @Override
        public Integer call() throws InterruptedException {
            ClientSettings settings = client.settings(environment);
            MachineWithdrawn withdrawal = new MachineWithdrawn(client.cluster(settings), pool, machine);
            print(withdrawal, publish(settings, withdrawal));
            return ExitCodes.OK;
        }
    }
}
