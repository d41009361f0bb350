package io.nodejoin.testbed.check;

import io.nodejoin.testbed.check.ClusterSnapshot.LedgerEntry;
import io.nodejoin.testbed.check.ClusterSnapshot.Run;
import io.nodejoin.testbed.check.ClusterSnapshot.Token;
import io.nodejoin.testbed.check.Invariant.Breach;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** Bootstrap tokens, their signatures, and the ledger of both. */
final class TokenRules {
    /** An object without an owner may have this age: its owner's start may not be visible yet. */
    static final Duration ORPHAN_GRACE = Duration.ofSeconds(60);

    private static final Duration MAX_LIFETIME = Duration.ofMinutes(15);
    /** Two API calls: a token of its join's last second may have expired when it is created. */
    private static final Duration CREATION_TIME = Duration.ofSeconds(20);

    private static final String GROUP = "system:bootstrappers:nodejoin";

    private TokenRules() {}

    static Stream<Breach> belongToRunningJoins(ClusterSnapshot snapshot) {
        return ours(snapshot)
                .filter(token -> isOrphan(snapshot, token.join(), token.created()))
                .map(token -> Breach.of(
                        "the token " + token.id() + " is alive, and its join " + token.join() + " does not run",
                        evidence(snapshot, token.ref(), token.join())));
    }

    static Stream<Breach> areOnePerJoin(ClusterSnapshot snapshot) {
        return snapshot.cluster().overlaps().stream()
                .map(overlap -> Breach.of(
                        "join " + overlap.first().join() + " had two live tokens",
                        overlap.first().ref(),
                        overlap.second().ref()));
    }

    static Stream<Breach> openNothingOnceGone(ClusterSnapshot snapshot) {
        return snapshot.cluster().acceptedGoneTokens().stream()
                .map(token ->
                        Breach.of("the token " + token.id() + " is gone, and the API server knows it", token.ref()));
    }

    static Stream<Breach> expireInTime(ClusterSnapshot snapshot) {
        return allTokens(snapshot)
                .filter(token -> !hasAllowedLifetime(token))
                .map(token -> Breach.of(
                        "the token " + token.id() + " made at " + token.created() + " ends at " + token.expiration(),
                        token.ref()));
    }

    private static boolean hasAllowedLifetime(Token token) {
        if (token.expiration() == null) {
            return false;
        }
        try {
            Duration life = Duration.between(token.created(), Instant.parse(token.expiration()));
            return !life.plus(CREATION_TIME).isNegative() && life.compareTo(MAX_LIFETIME) <= 0;
        } catch (DateTimeException _) {
            return false;
        }
    }

    static Stream<Breach> haveOurGroupAlone(ClusterSnapshot snapshot) {
        return allTokens(snapshot)
                .filter(token -> !token.groups().equals(GROUP))
                .map(token ->
                        Breach.of("the token " + token.id() + " has the groups '" + token.groups() + "'", token.ref()));
    }

    static Stream<Breach> signNothingAfterTheirEnd(ClusterSnapshot snapshot) {
        List<String> alive = snapshot.cluster().tokens().stream().map(Token::id).toList();
        return snapshot.cluster().signedTokens().stream()
                .filter(id -> !alive.contains(id))
                .map(id -> Breach.of(
                        "cluster-info is signed with the token " + id + ", which is not alive",
                        snapshot.cluster().clusterInfo()));
    }

    static Stream<Breach> areLedgeredWhileTheirJoinRuns(ClusterSnapshot snapshot) {
        return snapshot.cluster().ledger().stream()
                .filter(entry -> isOrphan(snapshot, entry.join(), entry.created()))
                .filter(entry -> !mayStillBeCreated(snapshot, entry))
                .map((LedgerEntry entry) -> Breach.of(
                        "the ledger holds " + entry.ref().name() + " of join " + entry.join() + ", which does not run",
                        evidence(snapshot, entry.ref(), entry.join())));
    }

    /**
     * A timed-out request may create the token after its join has ended; the ledger entry exists for that. The garbage
     * collector deletes the entry at most two minutes after the end; while the service is killed repeatedly nothing
     * does, and the entry may get as old as a token.
     */
    private static boolean mayStillBeCreated(ClusterSnapshot snapshot, LedgerEntry entry) {
        return entry.ref().name().startsWith("nodejoin-system/token-")
                && snapshot.runsOf(entry.join())
                        .map(Run::closed)
                        .anyMatch(closed ->
                                closed != null && closed.isAfter(snapshot.at().minus(MAX_LIFETIME)));
    }

    /** Belongs to a join that has ended, or that is unknown and older than the grace period. */
    static boolean isOrphan(ClusterSnapshot snapshot, String join, Instant created) {
        boolean ended = snapshot.runsOf(join).anyMatch(run -> !run.isRunning());
        return !snapshot.runs(join) && (ended || created.isBefore(snapshot.at().minus(ORPHAN_GRACE)));
    }

    private static Stream<Token> ours(ClusterSnapshot snapshot) {
        return snapshot.cluster().tokens().stream().filter(TokenRules::isOurs);
    }

    private static Stream<Token> allTokens(ClusterSnapshot snapshot) {
        return snapshot.cluster().pastTokens().stream().filter(TokenRules::isOurs);
    }

    private static boolean isOurs(Token token) {
        return !token.join().isEmpty();
    }

    static Object[] evidence(ClusterSnapshot snapshot, Object first, String join) {
        return Stream.concat(Stream.of(first), snapshot.runsOf(join).map(Run::toString))
                .toArray();
    }
}
