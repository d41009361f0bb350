package io.nodejoin.agent.step;

import io.nodejoin.agent.host.FileMetadata;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.agent.journal.Change;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.journal.Undo;
import io.nodejoin.agent.plan.HostStep;
import io.nodejoin.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Executes the steps of a plan in order. Journals the undos before the first step acts. */
public final class StepExecutor {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final HostPorts host;
    private final HostFiles files;
    private final Journal journal;
    private final ClaimedDirectories claimed;
    private final SwapDevices swaps;

    public StepExecutor(HostPorts host, Journal journal) {
        this.host = host;
        this.files = host.files();
        this.journal = journal;
        this.claimed = new ClaimedDirectories(host);
        this.swaps = new SwapDevices(host);
    }

    /**
     * Executes the steps. Idempotent.
     *
     * @param done receives the name of each completed step
     * @throws HostException at the first step that fails
     */
    public void apply(List<HostStep> steps, Consumer<String> done) {
        journal.recordIntended(steps.stream()
                .flatMap(step -> undo(step).map(undo -> new Change(step.name(), undo)).stream())
                .toList());
        for (HostStep step : steps) {
            execute(step);
            journal.recordDone(step.name());
            done.accept(step.name());
        }
    }

    private Optional<Undo> undo(HostStep step) {
        return switch (step) {
            case HostStep.WriteFile file -> Optional.of(preImage(file));
            case HostStep.MakeDirectory(String path, int _) ->
                Optional.of(files.metadata(path)
                        .<Undo>map(metadata -> new Undo.RestoreMode(path, metadata.mode()))
                        .orElseGet(() -> new Undo.RemoveDirectory(path)));
            case HostStep.ClaimDirectory(String path) -> Optional.of(claimed.claim(path));
            case HostStep.CreateLink(String path, String _) -> {
                requireNoFile(path);
                yield Optional.empty();
            }
            case HostStep.SetSysctl(String file, String _) ->
                files.read(file)
                        .map(value -> new Undo.RestoreSetting(file, text(value).strip()));
            case HostStep.SwitchSwapOff(String device) ->
                Optional.of(new Undo.SwitchSwapOn(device, swaps.bootId().orElse(null)));
            case HostStep.MaskUnit(String unit) ->
                state(unit).unitFileState().equals("masked") ? Optional.empty() : Optional.of(new Undo.Unmask(unit));
            case HostStep.StartUnit(String unit) -> stoppedBefore(unit) ? Optional.empty() : undoTo(state(unit), unit);
            case HostStep.StopUnit(String unit) ->
                state(unit).isActive() ? Optional.of(new Undo.RestartUnit(unit)) : Optional.empty();
            case HostStep.LoadModule _, HostStep.RemoveRule _, HostStep.RemoveChain _, HostStep.DeleteLink _ ->
                Optional.empty();
        };
    }

    private Undo preImage(HostStep.WriteFile file) {
        Optional<FileMetadata> stamp = files.metadata(file.path());
        if (file.secret() || stamp.isEmpty()) {
            return new Undo.RemoveFile(file.path());
        }
        return new Undo.RestoreFile(
                file.path(),
                base64(files.read(file.path()).orElse(new byte[0])),
                stamp.get().mode(),
                List.of(base64(file.content().getBytes(StandardCharsets.UTF_8))),
                stamp.get().owner());
    }

    /** The undo of its directory restores links only. */
    private void requireNoFile(String path) {
        files.metadata(path)
                .filter(metadata -> metadata.kind() != FileMetadata.Kind.SYMLINK)
                .ifPresent(metadata -> {
                    throw new HostException(
                            ErrorCode.HOST_PATH_UNSAFE,
                            path + " is a " + metadata.kind() + " where a link is expected");
                });
    }

    private static String base64(byte[] content) {
        return Base64.getEncoder().encodeToString(content);
    }

    /** A process that was killed between stop and start leaves a unit that appears never to have run. */
    private boolean stoppedBefore(String unit) {
        return journal.changes().stream().map(Change::undo).anyMatch(new Undo.RestartUnit(unit)::equals);
    }

    private static Optional<Undo> undoTo(UnitState state, String unit) {
        if (state.isActive()) {
            return state.isEnabled() ? Optional.empty() : Optional.of(new Undo.DisableAtBoot(unit));
        }
        return Optional.of(state.isEnabled() ? new Undo.StopUnit(unit) : new Undo.DisableUnit(unit));
    }

    private UnitState state(String unit) {
        return host.systemd().unitStates(List.of(unit)).getOrDefault(unit, UnitState.NOT_FOUND);
    }

    private void execute(HostStep step) {
        switch (step) {
            case HostStep.WriteFile(String path, String content, int mode, boolean _) ->
                files.write(path, content.getBytes(StandardCharsets.UTF_8), mode);
            case HostStep.MakeDirectory(String path, int mode) -> files.createDirectory(path, mode);
            case HostStep.ClaimDirectory _ -> {}
            case HostStep.CreateLink(String path, String target) -> files.createLink(path, target);
            case HostStep.LoadModule(String module) -> run("modprobe", module);
            case HostStep.StopUnit(String unit) -> host.systemd().stop(unit);
            case HostStep.RemoveRule(String table, List<String> rule) -> {
                List<String> command = new ArrayList<>(List.of("iptables", "--wait", "--table", table, "--delete"));
                command.addAll(rule);
                run(command);
            }
            case HostStep.RemoveChain(String table, String chain) -> {
                run(List.of("iptables", "--wait", "--table", table, "--flush", chain));
                run(List.of("iptables", "--wait", "--table", table, "--delete-chain", chain));
            }
            case HostStep.DeleteLink(String link) -> {
                run(List.of("ip", "link", "set", "dev", link, "down"));
                run(List.of("ip", "link", "delete", "dev", link));
            }
            case HostStep.SetSysctl(String file, String value) -> files.writeKernelSetting(file, value);
            case HostStep.SwitchSwapOff(String device) -> swaps.switchOff(device);
            case HostStep.MaskUnit(String unit) -> host.systemd().mask(unit);
            case HostStep.StartUnit(String unit) -> host.systemd().enableAndStart(unit);
        }
    }

    private void run(String program, String argument) {
        run(List.of(program, argument));
    }

    private void run(List<String> command) {
        host.commands().runOrFail(command, TIMEOUT, ErrorCode.HOST_PREPARE_FAILED);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
