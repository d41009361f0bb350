package io.nodejoin.testbed.preflight;

import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedNumbers;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.config.BedWish;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Answers in seconds what needs no bed: help, and the reasons why a command cannot be run. The scripts run it from its source
 * before they build, the programs themselves when they start.
 */
public final class Preflight {
    /** Tells the scripts that there is nothing left to do. */
    private static final int ANSWERED = 100;

    private static final Set<String> BENCHES_WITH_HOSTS = Set.of("agent", "latency");

    private final CommandLines lines;
    private final Machine machine;
    private final BedNumbers numbers;
    private final boolean built;
    private final Consumer<String> notices;

    /**
     * A preflight.
     *
     * @param built whether Nodejoin itself is built
     * @param notices where to say what a person should know who has called rightly
     */
    Preflight(Machine machine, BedNumbers numbers, boolean built, Consumer<String> notices) {
        this.lines = CommandLines.read(machine.repository());
        this.machine = machine;
        this.numbers = numbers;
        this.built = built;
        this.notices = notices;
    }

    /**
     * What a person is told instead of what was asked for.
     *
     * @param code the exit code
     * @param text without the end of its last line
     */
    record Answer(int code, String text) {
        void print() {
            (code == 0 ? System.out : System.err).println(text);
        }
    }

    /** For scripts: the directory of the working copy, the name of the script, and its arguments. */
    public static void main(String[] arguments) {
        List<String> words = Arrays.asList(arguments);
        Optional<Answer> answer =
                here(Path.of(words.get(0)), false).answer(words.get(1), words.subList(2, words.size()));
        answer.ifPresent(Answer::print);
        System.exit(
                answer.map(given -> given.code() == 0 ? ANSWERED : given.code()).orElse(0));
    }

    /** For programs: ends the process if the command needs no more than an answer, or cannot be run. */
    public static void pass(Path repository, String script, String[] arguments) {
        here(repository, true).answer(script, List.of(arguments)).ifPresent(answer -> {
            answer.print();
            System.exit(answer.code());
        });
    }

    private static Preflight here(Path repository, boolean built) {
        return new Preflight(
                new Machine(repository, System.getenv()), BedNumbers.ofThisMachine(), built, System.err::println);
    }

    /** The answer to this call of a script, or empty if it is to be run. */
    Optional<Answer> answer(String script, List<String> words) {
        try {
            Invocation call = Invocation.parse(lines, script, words);
            if (call.wantsHelp()) {
                return Optional.of(new Answer(0, call.command().help()));
            }
            return call.wantsVersion() ? Optional.of(new Answer(0, "")) : check(script, call);
        } catch (Refusal refusal) {
            return Optional.of(new Answer(refusal.exitCode(), script + ": " + refusal.getMessage()));
        } catch (IllegalArgumentException refused) {
            return Optional.of(new Answer(Refusal.USAGE, script + ": " + refused.getMessage()));
        } catch (IllegalStateException refused) {
            return Optional.of(new Answer(Refusal.CANNOT_RUN, script + ": " + refused.getMessage()));
        }
    }

    private Optional<Answer> check(String script, Invocation call) {
        return switch (script) {
            case "testbed" -> checkTestbed(call);
            case "demo" -> {
                checkDemo(call);
                yield Optional.empty();
            }
            case "bench" -> {
                if (!call.verb().equals("approver")) {
                    checkBed("bench", BENCHES_WITH_HOSTS.contains(call.verb()) ? BedMode.NAMESPACES : BedMode.LOCAL);
                }
                yield Optional.empty();
            }
            case "full" -> Optional.empty();
            default -> {
                checkBed(script, BedMode.LOCAL);
                yield Optional.empty();
            }
        };
    }

    private void checkDemo(Invocation call) {
        requireAble(BedMode.LOCAL);
        boolean light = call.has("--simulated")
                || !machine.obstacles(BedMode.NAMESPACES).isEmpty();
        BedMode mode = light ? BedMode.LOCAL : BedMode.NAMESPACES;
        requireNumber(BedSettings.named("demo").withMode(mode));
        notices.accept("demo: " + machine.estimate(mode, built));
    }

    private void checkBed(String name, BedMode mode) {
        requireAble(mode);
        requireNumber(BedSettings.named(name).withMode(mode));
    }

    private Optional<Answer> checkTestbed(Invocation call) {
        String bed = call.value("--bed").orElse(machine.environment().getOrDefault("NODEJOIN_BED", "main"));
        BedSettings.requireName(bed);
        Optional<BedSettings> raised = directories(bed).raised();
        switch (call.verb()) {
            case "up" -> {
                BedSettings settings = wish(call, bed).settings(raised);
                requireNumber(settings);
                requireAble(settings.mode());
            }
            case "provision" -> requireAble(call.has("--local") ? BedMode.LOCAL : BedMode.NAMESPACES);
            case "down" -> {
                if (raised.isEmpty()) {
                    return Optional.of(new Answer(0, "bed " + bed + " is not up"));
                }
            }
            default -> {
                if (raised.isEmpty()) {
                    throw notUp(bed);
                }
            }
        }
        return Optional.empty();
    }

    /** The refusal of a command that wants a bed which is up. */
    public static Refusal notUp(String bed) {
        return new Refusal(
                Refusal.NOT_FOUND, "bed " + bed + " is not up; raise it with: testbed/testbed up --bed " + bed);
    }

    private static BedWish wish(Invocation call, String bed) {
        return new BedWish(
                bed,
                call.value("--number").map(Integer::valueOf),
                call.has("--local"),
                call.has("--without-token-controllers"),
                call.has("--without-kube-proxy"),
                call.value("--approval").filter("cluster"::equals).isPresent());
    }

    private void requireNumber(BedSettings settings) {
        numbers.obstacle(settings, directories(settings.name())).ifPresent(obstacle -> {
            throw new Refusal(Refusal.CANNOT_RUN, obstacle);
        });
    }

    private void requireAble(BedMode mode) {
        List<String> obstacles = machine.obstacles(mode);
        if (!obstacles.isEmpty()) {
            throw new Refusal(Refusal.CANNOT_RUN, String.join("; and ", obstacles));
        }
    }

    private BedDirectories directories(String bed) {
        return new BedDirectories(BedDirectories.userParent(Map.copyOf(machine.environment())), bed);
    }
}
