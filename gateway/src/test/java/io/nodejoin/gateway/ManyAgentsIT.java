package io.nodejoin.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.temporal.FakeJoinWorkflows;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ManyAgentsIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final long TOLD_AT_ONCE = 16;

    @Test
    void shouldTellSixteenJoinsAtOnceOfTheirAgentsAndTheOthersAfterThem() throws IOException {
        try (RunningGateway running = new RunningGateway()) {
            // given a Temporal that does not answer, and more agents than are told of at once
            FakeJoinWorkflows workflows = running.workflows;
            List<AgentIdentity> agents = IntStream.rangeClosed(1, 24)
                    .mapToObj(number -> Samples.agent("crowd-" + number))
                    .toList();
            agents.forEach(agent -> workflows.start(agent, "digest"));
            List<AgentClient> clients = agents.stream().map(running::agent).toList();
            workflows.showing.lock();
            try {
                // when
                for (AgentClient client : clients) {
                    Future<?> _ = client.postAsync("/v1/assignments/next", Samples.poll(UUID.randomUUID()));
                }
                await("all polls")
                        .atMost(SOON)
                        .until(() -> agents.stream()
                                .allMatch(agent -> running.gateway.isConnected(
                                        agent.node().cluster(), agent.node().name())));
                agents.forEach(agent -> running.gateway.joinStarted(
                        agent.node().cluster(), agent.node().name()));
            } finally {
                workflows.showing.unlock();
            }

            // then
            await("all joins are told").atMost(SOON).until(() -> workflows.connections.size() == agents.size());
            assertThat(workflows.looksAtOnce.get()).isEqualTo(TOLD_AT_ONCE);
            clients.forEach(AgentClient::close);
        }
    }
}
