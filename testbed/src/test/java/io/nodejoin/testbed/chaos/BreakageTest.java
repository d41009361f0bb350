package io.nodejoin.testbed.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.nodejoin.testbed.links.Link;
import io.nodejoin.testbed.links.Trouble;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BreakageTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldDrawTwoTroublesForEachLinkAndEveryTroubleForSome(long seed) {
        // when
        List<Breakage> drawn = Breakage.drawn(false, new SplittableRandom(seed));

        // then
        assertThat(drawn).doesNotHaveDuplicates();
        assertThat(drawn).extracting(Breakage::trouble).contains(Trouble.values());
        assertThat(drawn.stream().collect(Collectors.groupingBy(Breakage::link, Collectors.counting())))
                .containsOnly(
                        entry(Link.KAFKA, 2L),
                        entry(Link.TEMPORAL, 2L),
                        entry(Link.API_SERVER, 2L),
                        entry(Link.GATEWAY, 2L));
    }

    @Test
    void shouldDrawTheSameForTheSameSeedOnly() {
        // given
        List<Breakage> drawn = Breakage.drawn(false, new SplittableRandom(1));

        // when
        // then
        assertThat(Breakage.drawn(false, new SplittableRandom(1))).isEqualTo(drawn);
        assertThat(Breakage.drawn(false, new SplittableRandom(2))).isNotEqualTo(drawn);
    }

    @Test
    void shouldTakeEveryTroubleOfEveryLinkForTheWhole() {
        // when
        List<Breakage> all = Breakage.drawn(true, new SplittableRandom(1));

        // then
        assertThat(all)
                .doesNotHaveDuplicates()
                .hasSize(Link.values().length * Trouble.values().length)
                .allSatisfy(breakage -> assertThat(Arrays.asList(Link.values())).contains(breakage.link()));
    }

    @Test
    void shouldLetALinkRestWhileTheOthersAreBroken() {
        // when
        List<Breakage> all = Breakage.drawn(true, new SplittableRandom(1));

        // then
        int links = Link.values().length;
        for (int next = links; next <= all.size(); next += links) {
            assertThat(all.subList(next - links, next))
                    .extracting(Breakage::link)
                    .containsExactly(Link.values());
        }
    }
}
