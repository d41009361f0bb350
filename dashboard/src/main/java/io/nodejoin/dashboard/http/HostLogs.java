package io.nodejoin.dashboard.http;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.visibility.agent.AgentDirectory;
import io.nodejoin.visibility.agent.HostLogChunk;
import io.nodejoin.visibility.agent.HostLogReader;
import io.nodejoin.visibility.join.JoinSummary;
import io.nodejoin.visibility.join.Lookup;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Reads the logs of hosts for pages. The first reader of a log waits a moment for the agent, which has to be asked. */
final class HostLogs {
    private static final Duration INTERVAL = Duration.ofMillis(200);
    private static final int READS = 4;

    private final AgentDirectory agents;
    private final ScheduledExecutorService scheduler;

    /** @param scheduler ends the waits */
    HostLogs(AgentDirectory agents, ScheduledExecutorService scheduler) {
        this.agents = agents;
        this.scheduler = scheduler;
    }

    /** Returns the last lines of the host of a join or leave that runs. */
    Lookup<HostLogChunk> read(JoinSummary running) {
        JoinId join = running.joinId();
        if (join == null) {
            return new Lookup.Found<>(new HostLogChunk(false, List.of(), List.of()));
        }
        HostLogReader reader = new HostLogReader(agents, running.node(), join);
        Lookup<HostLogChunk> chunk = reader.readNew();
        for (int reads = 1; reads < READS && isToCome(chunk); reads++) {
            pause();
            chunk = reader.readNew();
        }
        return chunk;
    }

    private void pause() {
        try {
            scheduler
                    .schedule(() -> {}, INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
                    .get();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a wait does not fail", e);
        }
    }

    private static boolean isToCome(Lookup<HostLogChunk> read) {
        return read instanceof Lookup.Found<HostLogChunk>(HostLogChunk chunk)
                && chunk.connected()
                && chunk.lines().isEmpty();
    }
}
