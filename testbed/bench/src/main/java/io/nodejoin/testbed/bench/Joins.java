package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.client.OutcomeConsumer.ReceivedEvent;
import io.nodejoin.testbed.client.OutcomeRecorder;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.Await;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Joins through Nodejoin, each on a freshly booted host whose agent waits for it. */
final class Joins implements AutoCloseable {
    static final String AGENT = "nodejoin-agent.service";
    static final Duration TIMEOUT = Duration.ofSeconds(90);

    private static final Duration AGENT_CONNECTS = Duration.ofSeconds(30);
    private static final ClusterName CLUSTER = new ClusterName("testbed");

    private final TestBed bed;
    private final KubernetesClient admin;
    private final ReadyWatch ready;
    private final JoinRequestProducer producer;
    private final OutcomeRecorder outcomes;
    private final JoinWorkflows workflows;
    private final SecureRandom random = new SecureRandom();

    Joins(TestBed bed, KubernetesClient admin, ReadyWatch ready) {
        this.bed = bed;
        this.admin = admin;
        this.ready = ready;
        this.producer = new JoinRequestProducer(bed.kafka().bootstrapServers());
        this.outcomes = new OutcomeRecorder(bed.kafka().bootstrapServers());
        this.workflows = new JoinWorkflows(bed.temporal().target());
    }

    /** Boots a host and joins it; returns after the end of its workflow, so that nothing of it is left to do. */
    Join join(String name) throws InterruptedException {
        HostFixture fixture = HostFixture.create(name, false, random);
        Host host = boot(fixture);
        var request = fixture.joinRequest(CLUSTER, host.address());
        CpuTime before = CpuTime.of(bed, host);
        Instant sent = Instant.now();
        long begin = System.nanoTime();
        producer.send(request, key(name));
        Instant readyAt = sent.plusNanos(ready.readyAt(name, TIMEOUT) - begin);
        Instant succeeded = awaitSucceeded(name);
        String workflow = NodeJoinWorkflow.workflowId(CLUSTER, fixture.node());
        workflows.awaitClosed(workflow, TIMEOUT);
        Instant closed = Instant.now();
        CpuTime used = CpuTime.of(bed, host).since(before);
        Instant seen = sent.plusNanos(ready.seenAt(name).orElseThrow() - begin);
        return new Join(host, sent, seen, readyAt, succeeded, closed, events(name), workflows.history(workflow), used);
    }

    /** Boots a host whose agent then waits for a join. */
    Host bootWaiting(String name) throws InterruptedException {
        return boot(HostFixture.create(name, false, random));
    }

    /** Ends a host and deletes its Node. */
    void remove(Host host) {
        bed.removeHost(host.name());
        admin.nodes().withName(host.name()).delete();
    }

    private Host boot(HostFixture fixture) throws InterruptedException {
        Host host = bed.addHost(HostSpec.named(fixture.node().value(), fixture.secret()));
        awaitConnected(host);
        new UnitIdleWait(host, AGENT).awaitIdle();
        return host;
    }

    /** An agent with a connection to the gateway waits for its join. Its address may be IPv4-mapped IPv6. */
    private void awaitConnected(Host host) {
        String port = ":" + bed.plan().gateway().port();
        boolean connected = Await.until(
                AGENT_CONNECTS,
                () -> !host.run("ss", "-Htn", "state", "established", "dport", "=", port)
                        .output()
                        .isBlank());
        if (!connected) {
            throw new IllegalStateException(
                    "the agent of " + host.name() + " does not reach the gateway:\n" + host.journal(AGENT, 20));
        }
    }

    private Instant awaitSucceeded(String name) {
        if (!Await.until(TIMEOUT, () -> hasSucceeded(name))) {
            throw new IllegalStateException("the join of " + name + " has not succeeded: " + events(name));
        }
        return events(name).stream()
                .filter(Joins::isSuccess)
                .findFirst()
                .orElseThrow()
                .receivedAt();
    }

    private boolean hasSucceeded(String name) {
        return events(name).stream().anyMatch(Joins::isSuccess);
    }

    private static boolean isSuccess(ReceivedEvent event) {
        return event.event() instanceof JoinSucceeded;
    }

    private List<ReceivedEvent> events(String name) {
        return outcomes.received()
                .filter(event -> event.key().equals(key(name)))
                .toList();
    }

    private static String key(String name) {
        return CLUSTER + "/" + name;
    }

    @Override
    public void close() {
        producer.close();
        outcomes.close();
        workflows.close();
    }
}
