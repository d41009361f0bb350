package io.nodejoin.visibility.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.HostLogLine;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.workflows.gateway.GatewayAgents;
import io.nodejoin.workflows.gateway.HostLogPage;
import io.nodejoin.workflows.gateway.HostLogQuery;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HostLogReaderTest {
    private static final UUID AGENT = new UUID(0, 1);
    private static final UUID RESTARTED = new UUID(0, 2);

    private final List<HostLogQuery> queries = new ArrayList<>();
    private Map<String, HostLogPage> pages = Map.of();
    private List<String> silent = List.of();
    private final HostLogReader reader = new HostLogReader(
            new AgentDirectory() {
                @Override
                public Lookup<ReplicaAnswers<HostLogPage>> hostLog(HostLogQuery query) {
                    queries.add(query);
                    return new Lookup.Found<>(new ReplicaAnswers<>(pages, silent));
                }

                @Override
                public Lookup<ReplicaAnswers<GatewayAgents>> agents() {
                    throw new UnsupportedOperationException("a log is no list of agents");
                }
            },
            new NodeRef(new ClusterName("fra-1"), new NodeName("n1")),
            JoinId.of("test", "1"));

    /** Lines that are written at the second of their number. */
    private static HostLogPage page(boolean connected, UUID process, long... numbers) {
        return new HostLogPage(
                connected,
                process,
                LongStream.of(numbers).mapToObj(number -> line(number, number)).toList());
    }

    private static HostLogLine line(long number, long second) {
        return new HostLogLine(number, Instant.ofEpochSecond(second), "kubelet.service", "line");
    }

    private HostLogChunk read() {
        return switch (reader.readNew()) {
            case Lookup.Found<HostLogChunk>(HostLogChunk chunk) -> chunk;
            case Lookup<HostLogChunk> other -> throw new AssertionError(other);
        };
    }

    private static List<Long> numbers(HostLogChunk chunk) {
        return chunk.lines().stream().map(entry -> entry.line().sequence()).toList();
    }

    @Test
    void shouldReadEachLineOnce() {
        // given
        pages = Map.of("a", page(true, AGENT, 1, 2));
        HostLogChunk first = read();
        pages = Map.of("a", page(true, AGENT, 2, 3));

        // when
        HostLogChunk second = read();

        // then
        assertThat(numbers(first)).containsExactly(1L, 2L);
        assertThat(numbers(second)).containsExactly(3L);
        assertThat(queries.getLast().instance()).isEqualTo(AGENT);
        assertThat(queries.getLast().after()).isEqualTo(2);
    }

    @Test
    void shouldContinueAtTheReplicaThatTheAgentMovesTo() {
        // given
        pages = Map.of("a", page(true, AGENT, 1, 2), "b", page(false, AGENT));
        HostLogChunk first = read();
        pages = Map.of("a", page(false, AGENT, 1, 2), "b", page(true, AGENT, 3));

        // when
        HostLogChunk second = read();

        // then
        assertThat(first.connected()).isTrue();
        assertThat(numbers(second)).containsExactly(3L);
        assertThat(second.lines()).noneMatch(HostLogChunk.Entry::afterGap);
    }

    @Test
    void shouldMarkWhereLinesAreMissing() {
        // given
        pages = Map.of("a", page(true, AGENT, 1, 3));
        HostLogChunk first = read();
        pages = Map.of("a", page(true, AGENT, 9));

        // when
        HostLogChunk second = read();

        // then
        assertThat(first.lines()).extracting(HostLogChunk.Entry::afterGap).containsExactly(false, true);
        assertThat(second.lines()).extracting(HostLogChunk.Entry::afterGap).containsExactly(true);
    }

    @Test
    void shouldContinueByTimeWithAnAgentThatWasRestarted() {
        // given
        pages = Map.of("a", page(true, AGENT, 1, 2));
        HostLogChunk _ = read();
        pages = Map.of("a", new HostLogPage(true, RESTARTED, List.of(line(1, 1), line(2, 2), line(3, 3), line(4, 4))));

        // when
        HostLogChunk chunk = read();

        // then
        assertThat(chunk.lines())
                .extracting(entry -> entry.line().at().getEpochSecond())
                .containsExactly(3L, 4L);
    }

    @Test
    void shouldLeaveOutLinesThatComeAgainUnderOtherNumbers() {
        // given
        pages = Map.of("a", page(true, AGENT, 1, 2));
        HostLogChunk _ = read();
        pages = Map.of("a", new HostLogPage(true, AGENT, List.of(line(4, 1), line(5, 2), line(6, 3))));

        // when
        HostLogChunk chunk = read();

        // then
        assertThat(chunk.lines()).containsExactly(new HostLogChunk.Entry(line(6, 3), false));
    }

    @Test
    void shouldSayWhoDidNotAnswer() {
        // given
        silent = List.of("nodejoin-1");

        // when
        HostLogChunk chunk = read();

        // then
        assertThat(chunk).isEqualTo(new HostLogChunk(false, List.of(), List.of("nodejoin-1")));
    }
}
