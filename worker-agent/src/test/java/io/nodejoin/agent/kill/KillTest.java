package io.nodejoin.agent.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.kill.SelfKillingAgent.Work;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever moment an agent is killed at, the next one finishes its work or takes it back. {@code -Dnodejoin.kills} sets how
 * many moments are tried, {@code -Dnodejoin.kills.seed} which.
 */
class KillTest {
    private static final int KILLS = Integer.getInteger("nodejoin.kills", 30);
    private static final long SEED = Long.getLong("nodejoin.kills.seed", System.nanoTime());
    private static final int KILLED = 128 + 9;

    @TempDir
    private Path directory;

    private final Random random = new Random(SEED);

    @Test
    void shouldFinishOrUndoAtWhateverMomentTheAgentIsKilled() throws Exception {
        System.err.println("kills: " + KILLS + " with -Dnodejoin.kills.seed=" + SEED);
        Map<HostProfile, Course> courses = Map.of(
                HostProfile.CONTAINERD, course(HostProfile.CONTAINERD), HostProfile.DOCKER, course(HostProfile.DOCKER));
        for (int kill = 0; kill < KILLS; kill++) {
            // given
            HostProfile profile = oneOf(HostProfile.values());
            Course course = Objects.requireNonNull(courses.get(profile));
            Work killed = oneOf(Work.values());
            Work next = killed == Work.RESET ? Work.RESET : oneOf(Work.values());
            Path host = fresh();
            if (killed == Work.RESET) {
                inOneGo(host, Work.JOIN, profile, EffectListener.UNWATCHED);
            }

            // when
            List<String> deaths = new ArrayList<>();
            deaths.add(killed + ": " + killed(host, killed, profile, 1 + random.nextInt(course.effects(killed))));
            if (random.nextInt(3) == 0) {
                kill++;
                deaths.add(next + ": " + killed(host, next, profile, 1 + random.nextInt(course.effects(next) / 2)));
            }
            Map<String, String> found = inOneGo(host, next, profile, EffectListener.UNWATCHED);

            Map<String, String> after = inOneGo(host, Work.RESET, profile, EffectListener.UNWATCHED);

            // then
            assertThat(difference(found, next == Work.JOIN ? course.joined() : course.before()))
                    .as("%s after deaths before %s, then %s, seed %s", profile, deaths, next, SEED)
                    .isEmpty();
            assertThat(difference(after, course.before()))
                    .as("%s after deaths before %s, then %s and RESET, seed %s", profile, deaths, next, SEED)
                    .isEmpty();
        }
    }

    @Test
    void shouldUndoAJoinThatWasKilledBetweenStopAndStartOfDocker() throws Exception {
        // given
        Course course = course(HostProfile.DOCKER);
        int start = course.joining().indexOf("start " + ScriptedPrograms.DOCKER);
        Path host = fresh();
        killed(host, Work.JOIN, HostProfile.DOCKER, 1 + start);
        inOneGo(host, Work.JOIN, HostProfile.DOCKER, EffectListener.UNWATCHED);

        // when
        Map<String, String> found = inOneGo(host, Work.RESET, HostProfile.DOCKER, EffectListener.UNWATCHED);

        // then
        assertThat(difference(found, course.before())).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(HostProfile.class)
    void shouldSyncUndosBeforeItRecordsThem(HostProfile profile) throws IOException {
        // given
        Path host = fresh();
        inOneGo(host, Work.JOIN, profile, EffectListener.UNWATCHED);
        List<String> effects = new ArrayList<>();

        // when
        try (HostUnderTest joined = new HostUnderTest(host, effects::add)) {
            effects.clear();
            joined.reset();
        }

        // then before the first line of its journal, whose file was made beside the one before
        List<String> before = effects.subList(0, effects.indexOf("write " + aside(host.resolve("journal"))));
        assertThat(unsynced(before, host.resolve("root/etc/systemd/system"))).isEmpty();
    }

    /** The directories whose entries a loss of power would bring back. */
    private static Set<String> unsynced(List<String> effects, Path units) {
        Set<String> unsynced = new TreeSet<>();
        for (String effect : effects) {
            String object = effect.substring(effect.indexOf(' ') + 1);
            switch (effect.split(" ", 2)[0]) {
                case "delete" -> {
                    unsynced.remove(object);
                    unsynced.add(Path.of(object).resolveSibling(".").normalize().toString());
                }
                case "disable", "unmask" -> unsynced.add(units.toString());
                case "sync" -> unsynced.remove(object);
                default -> {}
            }
        }
        return unsynced;
    }

    @Test
    void shouldKeepItsStateAtWhateverMomentACompactionIsKilled() throws Exception {
        // given a host with something to say of each kind
        Path host = directory.resolve("host");
        Path journal = host.resolve("journal");
        HostUnderTest.furnish(host);
        inOneGo(host, Work.JOIN, HostProfile.CONTAINERD, EffectListener.UNWATCHED);
        try (Journal more = Journal.open(journal)) {
            more.recordKeyWipe("key");
            more.recordAccepted(HostUnderTest.command(7));
        }
        byte[] before = Files.readAllBytes(journal);
        List<String> effects = new ArrayList<>();
        new HostUnderTest(host, effects::add).close();
        String said = said(journal);

        for (int moment = 1; moment <= effects.size(); moment++) {
            // when
            Files.write(journal, before);
            String death = killed(host, Work.RESET, HostProfile.CONTAINERD, moment);

            // then
            assertThat(death).isEqualTo(effects.get(moment - 1));
            assertThat(said(journal)).as("after a death before %s", death).isEqualTo(said);
        }
        assertThat(effects).endsWith("sync " + aside(journal), "rename to " + journal, "sync " + host.resolve("."));
    }

    private static Path aside(Path journal) {
        return journal.resolveSibling(".journal.nodejoin");
    }

    /** What the next process finds in it. */
    private static String said(Path file) {
        try (Journal journal = Journal.open(file)) {
            assertThat(aside(file)).doesNotExist();
            return "changes %s, unfinished %s, results %s, key %s, highest %s"
                    .formatted(
                            journal.changes(),
                            journal.unfinished(),
                            journal.result("command 1"),
                            journal.keyToWipe(),
                            journal.highestSequence());
        }
    }

    @ParameterizedTest
    @EnumSource(HostProfile.class)
    void shouldDoNothingIfTheSamePlanIsAppliedTwice(HostProfile profile) throws IOException {
        // given
        Path host = fresh();
        inOneGo(host, Work.JOIN, profile, EffectListener.UNWATCHED);
        List<String> effects = new ArrayList<>();

        // when
        try (HostUnderTest again = new HostUnderTest(host, effects::add)) {
            effects.clear();
            HostResult result = again.prepare(profile);

            // then
            assertThat(result)
                    .isInstanceOfSatisfying(
                            HostResult.HostPrepared.class,
                            prepared -> assertThat(prepared.changed()).isEmpty());
            assertThat(effects).isEmpty();
        }
    }

    private <T> T oneOf(T[] all) {
        return all[random.nextInt(all.length)];
    }

    private Path fresh() throws IOException {
        Path host = Files.createTempDirectory(directory, "host");
        HostUnderTest.furnish(host);
        return host;
    }

    /** What happens to a host when nobody is killed. */
    private Course course(HostProfile profile) throws IOException {
        Path host = fresh();
        List<String> joining = new ArrayList<>();
        List<String> resetting = new ArrayList<>();
        Map<String, String> before;
        try (HostUnderTest untouched = new HostUnderTest(host, EffectListener.UNWATCHED)) {
            before = untouched.state();
        }
        Map<String, String> joined = inOneGo(host, Work.JOIN, profile, joining::add);
        Map<String, String> after = inOneGo(host, Work.RESET, profile, resetting::add);
        assertThat(difference(after, before)).as("%s without a kill", profile).isEmpty();
        assertThat(difference(joined, before)).isNotEmpty();
        return new Course(before, joined, joining, resetting);
    }

    private static Map<String, String> inOneGo(Path directory, Work work, HostProfile profile, EffectListener effects) {
        try (HostUnderTest host = new HostUnderTest(directory, effects)) {
            host.commanded(() -> work.on(host, profile));
            return host.state();
        }
    }

    private static List<String> difference(Map<String, String> found, Map<String, String> expected) {
        Set<String> all = new TreeSet<>(found.keySet());
        all.addAll(expected.keySet());
        return all.stream()
                .filter(name -> !Objects.equals(found.get(name), expected.get(name)))
                .map(name -> name + " is " + found.get(name) + ", not " + expected.get(name))
                .toList();
    }

    /** Returns what it was about to do. */
    private static String killed(Path host, Work work, HostProfile profile, int moment) throws Exception {
        Process agent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SelfKillingAgent.class.getName(),
                        host.toString(),
                        work.name(),
                        profile.name(),
                        Integer.toString(moment))
                .redirectErrorStream(true)
                .start();
        String said = new String(agent.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(agent.waitFor())
                .as("%s at effect %s: %s", work, moment, said)
                .isIn(KILLED, 0);
        return said.strip();
    }

    private record Course(
            Map<String, String> before, Map<String, String> joined, List<String> joining, List<String> resetting) {
        int effects(Work work) {
            return work == Work.JOIN ? joining.size() : resetting.size();
        }
    }
}
