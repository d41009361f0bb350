package io.nodejoin.agent.journal;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.agent.host.FileMetadata;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The undo of one change of the host. Idempotent, and without effect if the change did not happen. */
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

    /** Deletes a file that did not exist before. */
    record RemoveFile(String path) implements Undo {}

    /**
     * Restores the file's content, except for changes by others since.
     *
     * @param content base64 of the pre-image
     * @param written base64 of each content that was written over it, the latest last
     */
    record RestoreFile(String path, String content, int mode, List<String> written, FileMetadata.Owner owner)
            implements Undo {
        public RestoreFile {
            written = List.copyOf(written);
        }

        RestoreFile withWritten(List<String> since) {
            List<String> all =
                    Stream.concat(written.stream(), since.stream()).distinct().toList();
            return new RestoreFile(path, content, mode, all, owner);
        }
    }

    /** Deletes a directory that was created, if it is empty by then. */
    record RemoveDirectory(String path) implements Undo {}

    /** Restores the permission bits of a directory. */
    record RestoreMode(String path, int mode) implements Undo {}

    /** Restores the value in a file of the kernel. */
    record RestoreSetting(String path, String value) implements Undo {}

    /**
     * Deletes from a directory what was not in it before, after unmounting, and restores the targets of its links.
     *
     * @param links targets of its links, by name
     * @param mounts mount targets below it
     */
    record RemoveNewEntries(String directory, List<String> before, Map<String, String> links, List<String> mounts)
            implements Undo {
        public RemoveNewEntries {
            before = List.copyOf(before);
            links = Map.copyOf(links);
            mounts = List.copyOf(mounts);
        }
    }

    /**
     * Enables the swap device again.
     *
     * @param boot id of the boot in which the device has this name; null if unknown
     */
    record SwitchSwapOn(String device, @Nullable String boot) implements Undo {}

    /** Unmasks the unit. */
    record Unmask(String unit) implements Undo {}

    /** Restarts the unit with the unit files that exist at that time. */
    record RestartUnit(String unit) implements Undo {}

    /** Stops and disables the unit. */
    record DisableUnit(String unit) implements Undo {}

    /** Stops the unit; it stays enabled as before. */
    record StopUnit(String unit) implements Undo {}

    /** Disables the unit; it keeps running as before. */
    record DisableAtBoot(String unit) implements Undo {}
}
