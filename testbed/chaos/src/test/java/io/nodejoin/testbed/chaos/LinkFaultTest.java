package io.nodejoin.testbed.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.nodejoin.testbed.links.Link;
import io.nodejoin.testbed.links.NetworkFault;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkFaultTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldDrawTwoTroublesForEachLinkAndEveryTroubleForSome(long seed) {
        // when
        List<LinkFault> drawn = LinkFault.draw(false, new SplittableRandom(seed));

        // then
        assertThat(drawn).doesNotHaveDuplicates();
        assertThat(drawn).extracting(LinkFault::fault).contains(NetworkFault.values());
        assertThat(drawn.stream().collect(Collectors.groupingBy(LinkFault::link, Collectors.counting())))
                .containsOnly(
                        entry(Link.KAFKA, 2L),
                        entry(Link.TEMPORAL, 2L),
                        entry(Link.API_SERVER, 2L),
                        entry(Link.GATEWAY, 2L));
    }

    @Test
    void shouldDrawTheSameForTheSameSeedOnly() {
        // given
        List<LinkFault> drawn = LinkFault.draw(false, new SplittableRandom(1));

        // when
        // then
        assertThat(LinkFault.draw(false, new SplittableRandom(1))).isEqualTo(drawn);
        assertThat(LinkFault.draw(false, new SplittableRandom(2))).isNotEqualTo(drawn);
    }

    @Test
    void shouldTakeEveryTroubleOfEveryLinkForTheWhole() {
        // when
        List<LinkFault> all = LinkFault.draw(true, new SplittableRandom(1));

        // then
        assertThat(all)
                .doesNotHaveDuplicates()
                .hasSize(Link.values().length * NetworkFault.values().length)
                .allSatisfy(
                        linkFault -> assertThat(Arrays.asList(Link.values())).contains(linkFault.link()));
    }

    @Test
    void shouldLetALinkRestWhileTheOthersAreBroken() {
        // when
        List<LinkFault> all = LinkFault.draw(true, new SplittableRandom(1));

        // then
        int links = Link.values().length;
        for (int next = links; next <= all.size(); next += links) {
            assertThat(all.subList(next - links, next))
                    .extracting(LinkFault::link)
                    .containsExactly(Link.values());
        }
    }
}
