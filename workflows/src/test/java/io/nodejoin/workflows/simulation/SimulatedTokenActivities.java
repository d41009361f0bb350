package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.simulation.SimulatedApiServer.LedgerEntry;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.SpentToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenIssue;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Tokens by calls to the API server, each of which may fail. The sealed token is the plain secret. */
final class SimulatedTokenActivities implements TokenActivities {
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(15);

    private final World world;
    private final ActivityAttempt execution;
    private final FaultyCalls api;
    private final SimulatedSignatures signatures;

    SimulatedTokenActivities(World world, ActivityAttempt execution) {
        this.world = world;
        this.execution = execution;
        this.api = new FaultyCalls(world, execution);
        this.signatures = new SimulatedSignatures(world, execution);
    }

    @Override
    public TokenIssue issue(TokenRequest request) {
        TokenRef token = request.token();
        LedgerEntry own = ownEntry(request);
        Map<TokenId, LedgerEntry> entries = api.call("list the ledger", () -> world.api.ledgerOf(token.joinId()));
        entries.keySet().stream()
                .filter(id -> !id.equals(token.tokenId()))
                .map(id -> new TokenRef(token.cluster(), token.joinId(), id))
                .forEach(this::revokeEarlier);
        world.strangers.takeId(token.tokenId());
        if (!own.equals(entries.get(token.tokenId())) && enterIntoLedger(request)) {
            return new TokenIssue.Issued(create(request, 1));
        }
        if (!isOwn(request)) {
            return new TokenIssue.IdInUse();
        }
        deleteToken(token.tokenId());
        return new TokenIssue.Issued(create(request, Math.max(execution.attempt, 2)));
    }

    private void revokeEarlier(TokenRef earlier) {
        deleteToken(earlier.tokenId());
        signatures.remove(earlier.tokenId());
        new SimulatedCsrActivities(world, execution).denyPending(earlier);
    }

    /** Returns false if the id is in use. */
    boolean enterIntoLedger(TokenRequest request) {
        TokenId id = request.token().tokenId();
        return api.effect("enter " + id + " into the ledger", () -> {
            boolean created = world.api.ledger.putIfAbsent(id, ownEntry(request)) == null;
            if (created) {
                world.check.recordEntry(id);
            }
            return created;
        });
    }

    private boolean isOwn(TokenRequest request) {
        TokenId id = request.token().tokenId();
        return api.call("read ledger entry " + id, () -> ownEntry(request).equals(world.api.ledger.get(id)));
    }

    private static LedgerEntry ownEntry(TokenRequest request) {
        return new LedgerEntry(request.token().joinId(), request.attempt());
    }

    SealedToken create(TokenRequest request, int createAttempts) {
        TokenId id = request.token().tokenId();
        Duration left = Duration.between(world.timeline.now(), request.joinDeadline());
        Duration life = left.compareTo(request.ttl()) < 0 ? left : request.ttl();
        if (!life.isPositive() || life.compareTo(LONGEST_LIFE) > 0) {
            throw Failures.of(
                    FailureType.INVALID_REQUEST,
                    new Problem(ErrorCode.JOIN_DEADLINE_EXCEEDED, "a token would live " + life));
        }
        String secret = world.random.nextText(16);
        Instant expiresAt = world.api.time().plus(life);
        JoinId join = request.token().joinId();
        Instant created = api.effect("create secret " + id, () -> {
            Instant now = world.api.time();
            boolean free = world.api.create(
                    new SimulatedApiServer.Token(id, secret, join, request.kubeletKeyDigest(), now, expiresAt));
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
        signatures.publish(id, "jws of " + secret);
        return new SealedToken(id, secret, created, expiresAt, createAttempts);
    }

    @Override
    public void revoke(TokenRef token) {
        if (!isOfAnotherJoin(token)) {
            deleteToken(token.tokenId());
            signatures.remove(token.tokenId());
        }
    }

    @Override
    public void deleteSecret(TokenRef token) {
        if (!isOfAnotherJoin(token)) {
            deleteToken(token.tokenId());
        }
    }

    @Override
    public void removeSignature(TokenRef token) {
        if (!isOfAnotherJoin(token)) {
            signatures.remove(token.tokenId());
        }
    }

    @Override
    public void deleteLedgerEntry(SpentToken spent) {
        TokenRef token = spent.token();
        if (!isOfAnotherJoin(token)) {
            deleteEntry(token.tokenId());
        }
    }

    private boolean isOfAnotherJoin(TokenRef token) {
        TokenId id = token.tokenId();
        return api.call("read ledger entry " + id, () -> {
            LedgerEntry entry = world.api.ledger.get(id);
            return entry != null && !entry.join().equals(token.joinId());
        });
    }

    void deleteToken(TokenId id) {
        api.effect("delete secret " + id, () -> {
            world.api.deleteSecret(id);
            return true;
        });
    }

    void deleteEntry(TokenId id) {
        api.effect("delete ledger entry " + id, () -> world.api.ledger.remove(id) != null);
    }
}
