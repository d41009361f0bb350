package io.nodejoin.agent.journal;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.agent.host.FileOwner;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How one change of the host is taken back. Doing it twice, or without the change having happened, is harmless. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "undo")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "RemoveFile", value = Undo.RemoveFile.class),
    @JsonSubTypes.Type(name = "RestoreFile", value = Undo.RestoreFile.class),
    @JsonSubTypes.Type(name = "RemoveDirectory", value = Undo.RemoveDirectory.class),
    @JsonSubTypes.Type(name = "RestoreMode", value = Undo.RestoreMode.class),
    @JsonSubTypes.Type(name = "RestoreSetting", value = Undo.RestoreSetting.class),
    @JsonSubTypes.Type(name = "RemoveNewEntries", value = Undo.RemoveNewEntries.class),
    @JsonSubTypes.Type(name = "SwitchSwapOn", value = Undo.SwitchSwapOn.class),
    @JsonSubTypes.Type(name = "Unmask", value = Undo.Unmask.class),
    @JsonSubTypes.Type(name = "DisableUnit", value = Undo.DisableUnit.class),
    @JsonSubTypes.Type(name = "StopUnit", value = Undo.StopUnit.class),
    @JsonSubTypes.Type(name = "DisableAtBoot", value = Undo.DisableAtBoot.class),
    @JsonSubTypes.Type(name = "RestartUnit", value = Undo.RestartUnit.class)
})
public sealed interface Undo {

    /** Removes a file that was not there before. */
    record RemoveFile(String path) implements Undo {}

    /**
     * Brings the file back to what it held, but for what others have changed in it since.
     *
     * @param content base64 of the pre-image
     * @param written base64 of each that was written over it, the latest last
     * @param owner null if an earlier version has noted it
     */
    record RestoreFile(
            String path,
            String content,
            int mode,
            List<String> written,
            @Nullable FileOwner owner) implements Undo {
        public RestoreFile {
            written = List.copyOf(written);
        }

        RestoreFile withWritten(List<String> since) {
            List<String> all =
                    Stream.concat(written.stream(), since.stream()).distinct().toList();
            return new RestoreFile(path, content, mode, all, owner);
        }
    }

    /** Removes a directory that was made, if it is empty by then. */
    record RemoveDirectory(String path) implements Undo {}

    /** Gives a directory its former permission bits. */
    record RestoreMode(String path, int mode) implements Undo {}

    /** Writes the former value into a file of the kernel. */
    record RestoreSetting(String path, String value) implements Undo {}

    /**
     * Removes from a directory what was not in it before, unmounting first, and makes its links lead where they led.
     *
     * @param kept null if an earlier version has noted it
     */
    record RemoveNewEntries(
            String directory, List<String> before, @Nullable Kept kept) implements Undo {
        public RemoveNewEntries {
            before = List.copyOf(before);
        }

        /** What stays there beside the names; nothing where that is not known. */
        public Kept keptOrEmpty() {
            return kept == null ? Kept.NONE : kept;
        }

        /**
         * What a directory held beside names.
         *
         * @param links their targets by name
         * @param mounts the targets below it
         */
        public record Kept(Map<String, String> links, List<String> mounts) {
            private static final Kept NONE = new Kept(Map.of(), List.of());

            public Kept {
                links = Map.copyOf(links);
                mounts = List.copyOf(mounts);
            }
        }
    }

    /**
     * Switches the swap device on again.
     *
     * @param boot in which the device has this name; null if that is not known
     */
    record SwitchSwapOn(String device, @Nullable String boot) implements Undo {}

    /** Lets the unit be started again. */
    record Unmask(String unit) implements Undo {}

    /** Starts the unit anew, by what its files say by then. */
    record RestartUnit(String unit) implements Undo {}

    /** Stops the unit and keeps it from starting at boot. */
    record DisableUnit(String unit) implements Undo {}

    /** Stops the unit, which starts at boot as before. */
    record StopUnit(String unit) implements Undo {}

    /** Keeps the unit, which runs as before, from starting at boot. */
    record DisableAtBoot(String unit) implements Undo {}
}
