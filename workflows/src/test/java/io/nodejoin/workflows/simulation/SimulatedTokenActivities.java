package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
import io.nodejoin.workflows.token.TokenReservation;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Tokens by create and delete calls, each of which may fail. The sealed token is the plain secret. */
final class SimulatedTokenActivities implements TokenActivities {
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(15);

    private final World world;
    private final ActivityAttempt execution;
    private final FaultyCalls api;

    SimulatedTokenActivities(World world, ActivityAttempt execution) {
        this.world = world;
        this.execution = execution;
        this.api = new FaultyCalls(world, execution);
    }

    @Override
    public TokenId reserve(TokenReservation reservation) {
        cancelReservation(reservation);
        TokenId id = new TokenId(world.random.nextText(6));
        api.effect("enter " + id + " into the ledger", () -> world.api.ledger.put(id, reservation) == null);
        return id;
    }

    @Override
    public void cancelReservation(TokenReservation reservation) {
        Map<TokenId, TokenReservation> earlier =
                api.call("list the ledger", () -> world.api.ledgerOf(reservation.joinId()));
        earlier.forEach((id, entry) -> {
            TokenRef token = new TokenRef(World.NODE.cluster(), reservation.joinId(), id);
            revoke(token);
            new SimulatedClusterInfoActivities(world, execution).removeSignature(token);
            new SimulatedCsrActivities(world, execution).denyPending(token);
            if (entry.attempt() == reservation.attempt()) {
                deleteLedgerEntry(token);
            }
        });
    }

    @Override
    public SealedToken issue(TokenRequest request) {
        TokenId id = request.token().tokenId();
        Duration life = Duration.between(world.timeline.now(), request.expiresAt());
        if (!life.isPositive() || life.compareTo(LONGEST_LIFE) > 0) {
            throw Failures.of(
                    FailureType.INVALID_REQUEST,
                    new Problem(ErrorCode.JOIN_DEADLINE_EXCEEDED, "a token would live " + life));
        }
        if (execution.attempt > 1) {
            api.effect("delete secret " + id, () -> {
                world.api.deleteSecret(id);
                return true;
            });
        }
        String secret = world.random.nextText(16);
        Instant created = api.effect("create secret " + id, () -> {
            Instant now = world.api.time();
            boolean free = world.api.create(new SimulatedApiServer.Token(
                    id, secret, request.token().joinId(), request.kubeletKeyDigest(), now, request.expiresAt()));
            if (!free) {
                throw Failures.of(
                        FailureType.CONFLICT, new Problem(ErrorCode.TOKEN_LOST, "secret " + id + " exists already"));
            }
            world.check.checkIssued(id);
            if (world.outside.tlsBootstrap == TlsBootstrap.AGENT) {
                world.controllers.onTokenExposed(new SimulatedHost.HeldToken(id, secret));
            }
            return now;
        });
        return new SealedToken(id, secret, "jws." + id, created, request.expiresAt(), execution.attempt);
    }

    @Override
    public void revoke(TokenRef token) {
        TokenId id = token.tokenId();
        api.effect("delete secret " + id, () -> {
            world.api.deleteSecret(id);
            return true;
        });
    }

    @Override
    public void deleteLedgerEntry(TokenRef token) {
        TokenId id = token.tokenId();
        api.effect("delete ledger entry " + id, () -> world.api.ledger.remove(id) != null);
    }
}
