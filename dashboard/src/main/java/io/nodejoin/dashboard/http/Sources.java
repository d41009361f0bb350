package io.nodejoin.dashboard.http;

import io.nodejoin.dashboard.AuditTrail;
import io.nodejoin.dashboard.Operations;
import io.nodejoin.visibility.agent.AgentDirectory;
import io.nodejoin.visibility.event.RecentDeadLetters;
import io.nodejoin.visibility.event.RecentEvents;
import io.nodejoin.visibility.join.JoinDirectory;
import io.nodejoin.visibility.payload.PayloadDecoder;
import io.nodejoin.visibility.pool.PoolDirectory;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the dashboard reads, and what it has done.
 *
 * @param feedProblem why events and dead letters are not up to date; supplies null if they are
 * @param payloads decrypts what Temporal stores; null if the dashboard does not do so for others
 */
public record Sources(
        JoinDirectory joins,
        PoolDirectory pools,
        AgentDirectory agents,
        RecentEvents events,
        RecentDeadLetters deadLetters,
        Supplier<@Nullable String> feedProblem,
        Operations operations,
        AuditTrail audit,
        @Nullable PayloadDecoder payloads,
        InstantSource clock) {}
