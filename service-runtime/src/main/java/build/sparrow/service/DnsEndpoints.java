package build.sparrow.service;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Finds processes behind a DNS name each of whose addresses is one, as a headless Service has it.
 *
 * @param service the name, and the port of all of them
 */
public record DnsEndpoints(Endpoint service) implements EndpointDirectory {
  @Override
  public Set<Endpoint> endpoints() throws UnknownHostException {
    Set<Endpoint> found = new LinkedHashSet<>();
    for (InetAddress address : InetAddress.getAllByName(service.host())) {
      found.add(new Endpoint(address.getHostAddress(), service.port()));
    }
    return found;
  }
}
