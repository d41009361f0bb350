package io.nodejoin.cli;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.client.temporal.TemporalClients;
import io.nodejoin.client.temporal.TemporalEndpoint;
import io.nodejoin.visibility.agent.TemporalAgentDirectory;
import io.nodejoin.visibility.join.TemporalJoinDirectory;
import io.nodejoin.visibility.pool.TemporalPoolDirectory;

/** The connection of one command to Temporal. */
final class TemporalSession implements AutoCloseable {
    private final TemporalClients clients;
    private final TemporalCalls calls;

    private TemporalSession(TemporalClients clients, TemporalCalls calls) {
        this.clients = clients;
        this.calls = calls;
    }

    static TemporalSession open(TemporalEndpoint at) {
        TemporalClients clients = new TemporalClients(at, new SimpleMeterRegistry());
        clients.credentialsProblem().ifPresent(problem -> {
            clients.close();
            throw new CliException(ExitCodes.USAGE, problem.toLine(), null);
        });
        return new TemporalSession(clients, new TemporalCalls(at));
    }

    JoinLookup lookup() {
        return new JoinLookup(new TemporalJoinDirectory(clients.failFastClient(), calls::describe), calls);
    }

    TemporalAgentDirectory agents() {
        return new TemporalAgentDirectory(clients.failFastClient(), calls::describe);
    }

    PoolLookup pools() {
        return new PoolLookup(new TemporalPoolDirectory(clients.failFastClient(), calls::describe), calls);
    }

    @Override
    public void close() {
        clients.close();
    }
}
