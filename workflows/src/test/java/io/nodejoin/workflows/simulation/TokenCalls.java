package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
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

/** Tokens by create and delete alone, each call with its own chance to fail. The sealed token is its secret in plain: nobody opens it here. */
final class TokenCalls implements TokenActivities {
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(15);

    private final World world;
    private final ActivityExecution execution;
    private final Api api;

    TokenCalls(World world, ActivityExecution execution) {
        this.world = world;
        this.execution = execution;
        this.api = new Api(world, execution);
    }

    @Override
    public TokenId reserve(TokenReservation reservation) {
        release(reservation);
        TokenId id = new TokenId(world.chance.text(6));
        api.effect("enter " + id + " into the ledger", () -> world.api.ledger.put(id, reservation) == null);
        return id;
    }

    @Override
    public void release(TokenReservation reservation) {
        Map<TokenId, TokenReservation> earlier =
                api.call("list the ledger", () -> world.api.ledgerOf(reservation.joinId()));
        earlier.forEach((id, entry) -> {
            TokenRef token = new TokenRef(World.NODE.cluster(), reservation.joinId(), id);
            revoke(token);
            new ClusterInfoCalls(world, execution).removeSignature(token);
            new CertificateCalls(world, execution).denyUndecided(token);
            if (entry.attempt() == reservation.attempt()) {
                forget(token);
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
        String secret = world.chance.text(16);
        Instant created = api.effect("create secret " + id, () -> {
            Instant now = world.api.time();
            boolean free = world.api.create(
                    new ApiServer.Token(id, secret, request.token().joinId(), now, request.expiresAt()));
            if (!free) {
                throw Failures.of(
                        FailureType.CONFLICT, new Problem(ErrorCode.TOKEN_LOST, "secret " + id + " exists already"));
            }
            world.check.issued(id);
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
    public void forget(TokenRef token) {
        TokenId id = token.tokenId();
        api.effect("strike " + id + " from the ledger", () -> world.api.ledger.remove(id) != null);
    }
}
