package io.nodejoin.testbed.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent.Outcome;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.check.Checker;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.client.OutcomeConsumer.ReceivedEvent;
import io.nodejoin.testbed.client.OutcomeRecorder;
import io.nodejoin.testbed.pki.Pem;
import io.nodejoin.testbed.service.ServiceSettings;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The service with Kafka and Temporal in containers, joins of simulated hosts, and the checker that has looked on from the beginning. */
final class ContainerizedBed implements AutoCloseable {
    private static final ClusterName CLUSTER = new ClusterName("testbed");
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final TestBed bed;
    private final KafkaAndTemporal counterparties;
    private final SecureRandom random = new SecureRandom();
    private final SimulatedHosts hosts;
    private final JoinRequestProducer producer;
    private final OutcomeRecorder outcomes;
    private final Checker checker;

    private ContainerizedBed(TestBed bed, KafkaAndTemporal counterparties) {
        this.bed = bed;
        this.counterparties = counterparties;
        this.hosts = new SimulatedHosts(bed, CLUSTER, bed.controlPlane().version());
        this.producer = new JoinRequestProducer(counterparties.kafkaWithoutFault());
        this.outcomes = new OutcomeRecorder(counterparties.kafkaWithoutFault());
        this.checker = new Checker(new Checker.Config(
                bed.directories().adminKubeconfig(),
                counterparties.kafkaWithoutFault(),
                counterparties.temporalWithoutFault(),
                List.of(bed.service().auditLog()),
                List.of(bed.service().process().log())));
    }

    /** Starts containers and service; the bed has a control plane. */
    static ContainerizedBed start(ContainerEngine engine) {
        TestBed bed = engine.bed();
        KafkaAndTemporal counterparties = KafkaAndTemporal.start(engine);
        try {
            bed.service().prepare(ServiceSettings.standard().withStaticGroupMembership());
            useContainers(bed, counterparties);
            bed.service().start();
            return new ContainerizedBed(bed, counterparties);
        } catch (RuntimeException e) {
            counterparties.close();
            throw e;
        }
    }

    private static void useContainers(TestBed bed, KafkaAndTemporal counterparties) {
        try {
            Pem.writePrivately(
                    bed.service().config(),
                    Files.readString(bed.service().config())
                            .replace(bed.plan().kafka().toString(), counterparties.kafkaTarget())
                            .replace(bed.plan().temporal().toString(), counterparties.temporalTarget())
                            .replace("temporal:\n", "temporal:\n  insecure: true\n"));
        } catch (IOException e) {
            throw new UncheckedIOException("the service has no configuration", e);
        }
    }

    /** One join, whose host is not there yet. */
    record Join(HostFixture fixture, String event) {
        NodeName node() {
            return fixture.node();
        }

        JoinId id() {
            return JoinId.of(JoinRequestProducer.SOURCE, event);
        }
    }

    KafkaAndTemporal counterparties() {
        return counterparties;
    }

    /** As many joins, with nodes of this name, which nobody has asked for yet. */
    List<Join> joins(String name, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> new Join(
                        HostFixture.create(name + "-" + number, false, random),
                        UUID.randomUUID().toString()))
                .toList();
    }

    /** Returns when Kafka has the requests. */
    void request(List<Join> joins) {
        joins.forEach(join -> producer.send(
                join.fixture().joinRequest(CLUSTER, SimulatedHosts.ADDRESS),
                CLUSTER + "/" + join.node(),
                join.event()));
    }

    void boot(List<Join> joins) {
        joins.forEach(join -> {
            SimulatedHost host = hosts.boot(join.node(), join.fixture().secret(), Fault.NONE);
            checker.addHost(
                    join.node().value(), host.root(), () -> host.residue().contains("kubelet runs"));
            checker.addSecret(
                    "the enrollment secret of " + join.node(), join.fixture().secret());
        });
    }

    void awaitAccepted(List<Join> joins) {
        await("acceptance of " + joins)
                .atMost(TIMEOUT)
                .until(() -> joins.stream().allMatch(join -> ids(join, JoinAccepted.class) > 0));
    }

    /** Waits until each of these has told a phase. */
    void awaitPhases(List<Join> joins) {
        await("phases of " + joins)
                .atMost(TIMEOUT)
                .until(() -> joins.stream().allMatch(join -> ids(join, JoinPhaseChanged.class) > 0));
    }

    void awaitReadyNodes(List<Join> joins) {
        await("Ready nodes of " + joins)
                .atMost(TIMEOUT)
                .until(() -> joins.stream()
                        .allMatch(join -> bed.controlPlane()
                                .kubectl(
                                        "get",
                                        "node",
                                        join.node().value(),
                                        "--output=jsonpath={.status.conditions[?(@.type=='Ready')].status}")
                                .run()
                                .output()
                                .equals("True")));
    }

    /** Waits until the service says that it cannot work without this component. */
    void awaitUnready(String component) {
        await("readiness that names " + component)
                .atMost(TIMEOUT)
                .until(bed.service()::readiness, text -> text.contains("[-] " + component));
    }

    /** Whether the intake has committed every request so far. */
    boolean hasSettledAllRequests() {
        return checker.isIntakeCaughtUp();
    }

    boolean hasOutcome(Join join) {
        return ids(join, JoinSucceeded.class) > 0;
    }

    /** Waits for the ends of these joins; each must have been accepted once and have succeeded once, and every promise must hold. */
    void verifyOneOutcomeOfEach(List<Join> joins) {
        await("outcomes of " + joins).atMost(TIMEOUT).until(() -> joins.stream().allMatch(this::hasOutcome));
        await("commits of the intake").atMost(TIMEOUT).until(checker::isIntakeCaughtUp);
        assertThat(checker.awaitNoViolations(TIMEOUT)).isEmpty();
        assertThat(joins).allSatisfy(join -> {
            assertThat(ids(join, JoinAccepted.class)).isEqualTo(1);
            assertThat(ids(join, JoinSucceeded.class)).isEqualTo(1);
            assertThat(events(join).map(ReceivedEvent::event).map(Outcome::getClass))
                    .as("anything but phases and one end of " + join.node())
                    .isSubsetOf(JoinAccepted.class, JoinPhaseChanged.class, JoinSucceeded.class);
        });
        assertThat(checker.scanForSecrets().found()).isEmpty();
        joins.forEach(join -> hosts.switchOff(join.node()));
    }

    /** The number of different events of this kind. */
    private long ids(Join join, Class<? extends Outcome> kind) {
        return events(join)
                .filter(received -> kind.isInstance(received.event()))
                .map(ReceivedEvent::id)
                .distinct()
                .count();
    }

    private Stream<ReceivedEvent> events(Join join) {
        String key = CLUSTER + "/" + join.node();
        return outcomes.received().filter(received -> received.key().equals(key));
    }

    @Override
    public void close() {
        hosts.close();
        producer.close();
        outcomes.close();
        checker.close();
        bed.service().stop();
        counterparties.close();
    }
}
