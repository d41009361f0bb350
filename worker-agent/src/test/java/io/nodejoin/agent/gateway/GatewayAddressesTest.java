package io.nodejoin.agent.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GatewayAddressesTest {
    private static final URI URL = URI.create("https://gateway.test:8443");

    @Test
    void shouldKeepAnAddressForAsLongAsItAnswers() {
        // given
        GatewayAddresses addresses = addresses(1, "192.0.2.1", "192.0.2.2", "192.0.2.3");

        // when
        List<URI> used = Stream.generate(() -> addresses.locate(URL)).limit(5).toList();

        // then
        assertThat(used).containsOnly(used.getFirst());
    }

    @Test
    void shouldTryEachAddressBeforeOneAgain() {
        // given
        GatewayAddresses addresses = addresses(1, "192.0.2.1", "192.0.2.2", "192.0.2.3");

        // when
        List<URI> used = next(addresses, 3);

        // then
        assertThat(used)
                .containsExactlyInAnyOrder(
                        URI.create("https://192.0.2.1:8443"),
                        URI.create("https://192.0.2.2:8443"),
                        URI.create("https://192.0.2.3:8443"));
    }

    @Test
    void shouldStartAtDifferentAddresses() {
        // when
        Set<URI> used = IntStream.range(0, 50)
                .mapToObj(seed ->
                        addresses(seed, "192.0.2.1", "192.0.2.2", "192.0.2.3").locate(URL))
                .collect(Collectors.toSet());

        // then
        assertThat(used).hasSize(3);
    }

    @Test
    void shouldTryTheOtherFamilyLast() {
        // given
        GatewayAddresses addresses = addresses(1, "192.0.2.1", "2001:db8::1", "192.0.2.2");

        // when
        List<URI> used = next(addresses, 3);

        // then
        assertThat(used.getLast()).isEqualTo(URI.create("https://[2001:db8:0:0:0:0:0:1]:8443"));
    }

    @Test
    void shouldFindANewAddressOnceEachWasTried() {
        // given
        Iterable<List<InetAddress>> answers =
                List.of(literals("192.0.2.1", "192.0.2.2"), literals("192.0.2.8", "192.0.2.9"));
        var next = answers.iterator();
        GatewayAddresses addresses = new GatewayAddresses(_ -> next.next(), new SplittableRandom(1));
        next(addresses, 2);

        // when
        List<URI> used = next(addresses, 2);

        // then
        assertThat(used)
                .containsExactlyInAnyOrder(URI.create("https://192.0.2.8:8443"), URI.create("https://192.0.2.9:8443"));
    }

    @Test
    void shouldLeaveANameWithOneAddressAndAnUnknownOneToTheHttpClient() {
        // given
        GatewayAddresses one = addresses(1, "192.0.2.1");
        GatewayAddresses none = new GatewayAddresses(
                name -> {
                    throw new UnknownHostException(name);
                },
                new SplittableRandom(1));

        // when
        List<URI> used = List.of(one.locate(URL), none.locate(URL));

        // then
        assertThat(used).containsOnly(URL);
    }

    @Test
    void shouldKeepThePath() {
        // given
        GatewayAddresses addresses = addresses(1, "192.0.2.1", "192.0.2.1");

        // when
        URI used = addresses.locate(URI.create("https://gateway.test/nodejoin"));

        // then
        assertThat(used).isEqualTo(URI.create("https://192.0.2.1/nodejoin"));
    }

    private static List<URI> next(GatewayAddresses addresses, int number) {
        return Stream.generate(() -> {
                    URI used = addresses.locate(URL);
                    addresses.avoidCurrent();
                    return used;
                })
                .limit(number)
                .toList();
    }

    private static GatewayAddresses addresses(long seed, String... literals) {
        List<InetAddress> all = literals(literals);
        return new GatewayAddresses(_ -> all, new SplittableRandom(seed));
    }

    private static List<InetAddress> literals(String... literals) {
        return Stream.of(literals).map(InetAddress::ofLiteral).toList();
    }
}
