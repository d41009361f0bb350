package io.nodejoin.testbed.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class BedWishTest {
    private static final BedSettings RAISED =
            BedSettings.numbered("mine", 7).withMode(BedMode.LOCAL).withClusterApproval(true);

    @Test
    void shouldTakeABedAsItIsWithoutAnyWish() {
        // given
        BedWish wish = new BedWish("mine", Optional.empty(), false, false, false, false);

        // when
        BedSettings settings = wish.settings(Optional.of(RAISED));

        // then
        assertThat(settings).isEqualTo(RAISED);
    }

    @Test
    void shouldRefuseABedThatIsThereAndOtherwise() {
        // given
        BedWish wish = new BedWish("mine", Optional.of(8), true, false, false, true);

        // when
        // then
        assertThatThrownBy(() -> wish.settings(Optional.of(RAISED)))
                .hasMessageContaining("up with other settings")
                .hasMessageEndingWith("testbed/testbed down --bed mine");
    }

    @Test
    void shouldWantWhatItIsAskedFor() {
        // given
        BedWish wish = new BedWish("main", Optional.empty(), false, true, false, true);

        // when
        BedSettings settings = wish.settings(Optional.empty());

        // then
        assertThat(settings).isEqualTo(new BedSettings("main", 0, BedMode.NAMESPACES, false, true, true));
    }
}
