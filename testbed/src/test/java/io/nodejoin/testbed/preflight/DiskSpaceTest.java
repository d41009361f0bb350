package io.nodejoin.testbed.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.preflight.DiskSpace.Need;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiskSpaceTest {
    private static final Need CACHE = new Need(Path.of("/nowhere/cache"), 600, "built programs", "");
    private static final Need STATE = new Need(Path.of("/nowhere/state"), 500, "the bed's own files", "make room");

    @Test
    void shouldSayNothingWhereThereIsRoom() {
        // given
        DiskSpace space = new DiskSpace(new OneDisk(1_100));

        // when
        Optional<String> obstacle = space.obstacle(List.of(CACHE, STATE));

        // then
        assertThat(obstacle).isEmpty();
    }

    @Test
    void shouldAddUpWhatGoesToOneFileSystem() {
        // given
        DiskSpace space = new DiskSpace(new OneDisk(1_099));

        // when
        Optional<String> obstacle = space.obstacle(List.of(CACHE, STATE));

        // then
        assertThat(obstacle)
                .hasValue("the file system of / has 1099 MB free and 1100 MB are needed (built programs 600 MB in"
                        + " /nowhere/cache, the bed's own files 500 MB in /nowhere/state): make room");
    }

    @Test
    void shouldFindRoomOnThisMachineForNothing() {
        // given
        Need nothing = new Need(Path.of("/nowhere"), 0, "nothing", "");

        // when
        Optional<String> obstacle = DiskSpace.ofThisMachine().obstacle(List.of(nothing));

        // then
        assertThat(obstacle).isEmpty();
    }

    /** A machine with one file system. */
    private record OneDisk(long free) implements DiskSpace.Disks {
        @Override
        public Object identify(Path existing) {
            return "disk";
        }

        @Override
        public long freeMegabytes(Path existing) {
            return free;
        }
    }
}
