package io.nodejoin.agent.kill;

import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.CommandRunner;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The programs of a host below a directory: systemd as of Debian 12, which does not notice a unit's first drop-in, Docker,
 * iptables, links and swap. What they change outlives the process, each command as a whole.
 */
final class ScriptedPrograms implements CommandRunner {
    static final String DOCKER = "docker.service";
    static final String CONTAINERD = "containerd.service";
    static final String KUBELET = "kubelet.service";

    private static final List<String> DOCKERS_RULES = List.of(
            "-N DOCKER",
            "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
            "-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
            "-A DOCKER -i docker0 -j RETURN");
    private static final String SWAPS = "Filename Type Size Used Priority\n";

    private final Path root;
    private final Path memory;
    private final EffectListener effects;
    private final Properties state = new Properties();

    ScriptedPrograms(Path root, Path memory, EffectListener effects) {
        this.root = root;
        this.memory = memory;
        this.effects = effects;
        if (Files.exists(memory)) {
            try (InputStream in = Files.newInputStream(memory)) {
                state.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What does not lie in files: rules, and units that run or start at boot. */
    Map<String, String> memory() {
        Map<String, String> all = new TreeMap<>();
        state.stringPropertyNames().stream()
                .filter(name ->
                        !name.startsWith("loaded.") && !state.getProperty(name).equals("inactive disabled"))
                .forEach(name -> all.put(name, state.getProperty(name)));
        // Only rules of one chain have an order, and iptables lists them chain by chain.
        all.put("rules", rules().stream().sorted().collect(Collectors.joining("\n")));
        return all;
    }

    /** Gives a unit its first state, such as "active enabled". */
    void unit(String unit, String words) {
        set("unit." + unit, words);
    }

    /** Boots Docker as it comes. */
    void bootDocker() {
        set("rules", "-P PREROUTING ACCEPT\n-N SITE\n-A PREROUTING -p tcp -j SITE");
        unit(DOCKER, "inactive enabled");
        start(DOCKER);
    }

    @Override
    public CommandResult run(List<String> command, Duration timeout) {
        String text = String.join(" ", command);
        return switch (command.getFirst()) {
            case "systemctl" -> systemctl(command.get(1), command);
            case "iptables" -> text.endsWith("--list-rules") ? done(state("rules")) : changing(text, iptables(command));
            case "ip" ->
                changing(text, () -> !text.contains("delete") || removed("sys/class/net/" + command.getLast()));
            case "swapoff" -> changing(text, () -> swap(command.getLast(), false));
            case "swapon" -> changing(text, () -> swap(command.getLast(), true));
            default -> new CommandResult.NotStarted("there is no " + command.getFirst());
        };
    }

    private CommandResult systemctl(String verb, List<String> command) {
        String unit = command.getLast();
        return switch (verb) {
            case "show" ->
                done(command.contains("NeedDaemonReload,FragmentPath,DropInPaths") ? files(unit) : shown(command));
            case "daemon-reload" -> changing(verb, () -> set("loaded." + DOCKER, hasDropIn() ? "with" : ""));
            case "start" -> changing(verb + " " + unit, () -> start(unit));
            case "stop" -> changing(verb + " " + unit, () -> turn(unit, "active", "inactive"));
            case "restart" -> changing(verb + " " + unit, () -> start(unit));
            case "enable" -> changing(verb + " " + unit, () -> turn(unit, "disabled", "enabled"));
            case "disable" -> changing(verb + " " + unit, () -> turn(unit, "enabled", "disabled"));
            case "mask" -> changing(verb + " " + unit, () -> masked(unit) && stopSwap());
            case "unmask" -> changing(verb + " " + unit, () -> unmasked(unit));
            case "reset-failed" -> done("");
            default -> new CommandResult.NotStarted("no verb " + verb);
        };
    }

    private static CommandResult done(String output) {
        return new CommandResult.Exited(0, output);
    }

    private CommandResult changing(String what, BooleanSupplier change) {
        effects.beforeEffect(what);
        return change.getAsBoolean() ? done("") : new CommandResult.Exited(1, what + ": no such thing");
    }

    private String shown(List<String> command) {
        List<String> blocks = command.subList(command.indexOf("--") + 1, command.size()).stream()
                .map(this::block)
                .toList();
        return String.join("\n\n", blocks);
    }

    private String block(String unit) {
        String words = state("unit." + unit);
        boolean file = Files.exists(root.resolve("etc/systemd/system/" + unit), LinkOption.NOFOLLOW_LINKS);
        boolean masked = Files.isSymbolicLink(root.resolve("etc/systemd/system/" + unit));
        if (words.isEmpty() && !file) {
            return "Id=" + unit + "\nLoadState=not-found\nActiveState=inactive\nSubState=dead\nResult=success\n";
        }
        boolean active = words.startsWith("active");
        String start = words.endsWith("enabled") ? "enabled" : "disabled";
        return "Id=" + unit + "\nLoadState=loaded\nActiveState=" + (active ? "active" : "inactive") + "\nSubState="
                + (active ? "running" : "dead") + "\nResult=success\nUnitFileState=" + (masked ? "masked" : start);
    }

    private String files(String unit) {
        String dropIns = unit.equals(DOCKER) && !state("loaded." + unit).isEmpty()
                ? "/etc/systemd/system/docker.service.d/90-nodejoin.conf"
                : "";
        String place = unit.equals(KUBELET) ? "/etc/systemd/system/" : "/usr/lib/systemd/system/";
        return "NeedDaemonReload=no\nFragmentPath=" + place + unit + "\nDropInPaths=" + dropIns + "\n";
    }

    private boolean start(String unit) {
        if (unit.equals(DOCKER) && state("loaded." + unit).isEmpty()) {
            List<String> rules = new ArrayList<>(rules());
            DOCKERS_RULES.stream().filter(rule -> !rules.contains(rule)).forEach(rules::add);
            set("rules", String.join("\n", rules));
            write("sys/class/net/docker0", "");
        }
        if (unit.equals(KUBELET)) {
            directory("var/lib/kubelet/pki");
            write("var/lib/kubelet/pki/kubelet-client-2026.pem", "key");
            removed("var/lib/kubelet/pki/kubelet-client-current.pem");
            link("var/lib/kubelet/pki/kubelet-client-current.pem", "kubelet-client-2026.pem");
            write("var/lib/kubelet/kubeconfig", "config");
        }
        return turn(unit, "inactive", "active");
    }

    private boolean turn(String unit, String from, String to) {
        Map<String, String> halves = new HashMap<>(Map.of("inactive", "inactive", "disabled", "disabled"));
        String words = state("unit." + unit);
        if (words.startsWith("active")) {
            halves.put("inactive", "active");
        }
        if (words.endsWith("enabled")) {
            halves.put("disabled", "enabled");
        }
        halves.replaceAll((_, word) -> word.equals(from) ? to : word);
        return set("unit." + unit, halves.get("inactive") + " " + halves.get("disabled"));
    }

    private boolean hasDropIn() {
        return Files.exists(root.resolve("etc/systemd/system/docker.service.d/90-nodejoin.conf"));
    }

    private BooleanSupplier iptables(List<String> command) {
        String rest = String.join(" ", command.subList(5, command.size()));
        return switch (command.get(4)) {
            case "--delete" -> () -> changeRules(rules -> rules.remove("-A " + rest));
            case "--flush" ->
                () -> changeRules(rules -> {
                    rules.removeIf(rule -> rule.startsWith("-A " + rest + " "));
                    return rules.contains("-N " + rest);
                });
            case "--delete-chain" ->
                () -> changeRules(rules ->
                        rules.stream().noneMatch(rule -> rule.endsWith("-j " + rest)) && rules.remove("-N " + rest));
            default -> throw new IllegalArgumentException(String.join(" ", command));
        };
    }

    private boolean changeRules(RuleChange change) {
        List<String> rules = new ArrayList<>(rules());
        return change.in(rules) && set("rules", String.join("\n", rules));
    }

    private List<String> rules() {
        return state("rules").lines().toList();
    }

    private boolean masked(String unit) {
        String path = "etc/systemd/system/" + unit;
        if (!Files.exists(root.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
            link(path, "../../../dev/null");
        }
        return true;
    }

    void link(String path, String target) {
        try {
            Files.createSymbolicLink(root.resolve(path), Path.of(target));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Systemd says the same to whoever unmasks a unit that is not masked. */
    private boolean unmasked(String unit) {
        removed("etc/systemd/system/" + unit);
        return true;
    }

    private boolean stopSwap() {
        write("proc/swaps", SWAPS);
        return true;
    }

    private boolean swap(String device, boolean on) {
        boolean isOn = text("proc/swaps").contains(device);
        write("proc/swaps", on ? SWAPS + device + " partition 1 0 -2\n" : SWAPS);
        return isOn != on;
    }

    private String state(String key) {
        return state.getProperty(key, "");
    }

    private boolean set(String key, String value) {
        state.setProperty(key, value);
        try {
            Path aside = memory.resolveSibling("memory.aside");
            try (OutputStream out = Files.newOutputStream(aside)) {
                state.store(out, null);
            }
            Files.move(aside, memory, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return true;
    }

    void directory(String path) {
        try {
            Files.createDirectories(
                    root.resolve(path),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(String path, String text) {
        try {
            Files.writeString(root.resolve(path), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String text(String path) {
        try {
            return Files.readString(root.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean removed(String path) {
        try {
            return Files.deleteIfExists(root.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface RuleChange {
        boolean in(List<String> rules);
    }
}
