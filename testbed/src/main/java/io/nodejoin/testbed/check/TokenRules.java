package io.nodejoin.testbed.check;

import io.nodejoin.testbed.check.Invariant.Broken;
import io.nodejoin.testbed.check.Scene.LedgerEntry;
import io.nodejoin.testbed.check.Scene.Run;
import io.nodejoin.testbed.check.Scene.Token;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** Bootstrap tokens, their signatures, and the ledger of both. */
final class TokenRules {
    /** What nobody owns may be this old: its owner's start may not be visible yet. */
    static final Duration YOUNG = Duration.ofSeconds(60);

    private static final Duration LONGEST_LIFE = Duration.ofMinutes(15);
    /** Two calls to the API server: a token of its join's last second may have ended when it is made. */
    private static final Duration MAKING = Duration.ofSeconds(20);

    private static final String GROUP = "system:bootstrappers:nodejoin";

    private TokenRules() {}

    static Stream<Broken> belongToRunningJoins(Scene scene) {
        return ours(scene)
                .filter(token -> isOrphan(scene, token.join(), token.created()))
                .map(token -> Broken.because(
                        "the token " + token.id() + " is alive, and its join " + token.join() + " does not run",
                        evidence(scene, token.ref(), token.join())));
    }

    static Stream<Broken> areOnePerJoin(Scene scene) {
        return scene.cluster().overlaps().stream()
                .map(overlap -> Broken.because(
                        "join " + overlap.first().join() + " had two live tokens",
                        overlap.first().ref(),
                        overlap.second().ref()));
    }

    static Stream<Broken> openNothingOnceGone(Scene scene) {
        return scene.cluster().openingTokens().stream()
                .map(token -> Broken.because(
                        "the token " + token.id() + " is gone, and the API server knows it", token.ref()));
    }

    static Stream<Broken> end(Scene scene) {
        return everyOne(scene)
                .filter(token -> !livesAsAllowed(token))
                .map(token -> Broken.because(
                        "the token " + token.id() + " made at " + token.created() + " ends at " + token.expiration(),
                        token.ref()));
    }

    private static boolean livesAsAllowed(Token token) {
        if (token.expiration() == null) {
            return false;
        }
        try {
            Duration life = Duration.between(token.created(), Instant.parse(token.expiration()));
            return !life.plus(MAKING).isNegative() && life.compareTo(LONGEST_LIFE) <= 0;
        } catch (DateTimeException _) {
            return false;
        }
    }

    static Stream<Broken> haveOurGroupAlone(Scene scene) {
        return everyOne(scene)
                .filter(token -> !token.groups().equals(GROUP))
                .map(token -> Broken.because(
                        "the token " + token.id() + " has the groups '" + token.groups() + "'", token.ref()));
    }

    static Stream<Broken> signNothingAfterTheirEnd(Scene scene) {
        List<String> alive = scene.cluster().tokens().stream().map(Token::id).toList();
        return scene.cluster().signedTokens().stream()
                .filter(id -> !alive.contains(id))
                .map(id -> Broken.because(
                        "cluster-info is signed with the token " + id + ", which is not alive",
                        scene.cluster().clusterInfo()));
    }

    static Stream<Broken> areLedgeredWhileTheirJoinRuns(Scene scene) {
        return scene.cluster().ledger().stream()
                .filter(entry -> isOrphan(scene, entry.join(), entry.created()))
                .filter(entry -> !mayStillCome(scene, entry))
                .map((LedgerEntry entry) -> Broken.because(
                        "the ledger holds " + entry.ref().name() + " of join " + entry.join() + ", which does not run",
                        evidence(scene, entry.ref(), entry.join())));
    }

    /**
     * A request for a token that nobody waits for any more may take effect after its join, which leaves the entry for that. The janitor
     * strikes it two minutes after the end at the latest; while the service is killed over and over there is none, and the entry may
     * become as old as a token.
     */
    private static boolean mayStillCome(Scene scene, LedgerEntry entry) {
        return entry.ref().name().startsWith("nodejoin-system/token-")
                && scene.runsOf(entry.join())
                        .map(Run::closed)
                        .anyMatch(closed ->
                                closed != null && closed.isAfter(scene.at().minus(LONGEST_LIFE)));
    }

    /** Of a join that has ended, or that nobody has heard of for long enough. */
    static boolean isOrphan(Scene scene, String join, Instant created) {
        boolean ended = scene.runsOf(join).anyMatch(run -> !run.running());
        return !scene.runs(join) && (ended || created.isBefore(scene.at().minus(YOUNG)));
    }

    private static Stream<Token> ours(Scene scene) {
        return scene.cluster().tokens().stream().filter(TokenRules::isOurs);
    }

    private static Stream<Token> everyOne(Scene scene) {
        return scene.cluster().pastTokens().stream().filter(TokenRules::isOurs);
    }

    private static boolean isOurs(Token token) {
        return !token.join().isEmpty();
    }

    static Object[] evidence(Scene scene, Object first, String join) {
        return Stream.concat(Stream.of(first), scene.runsOf(join).map(Run::toString))
                .toArray();
    }
}
