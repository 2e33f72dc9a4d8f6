package build.sparrow.executor;

import build.sparrow.service.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Finds frontends behind a DNS name each of whose addresses is one, as a headless Service has it.
 *
 * @param service the name, and the port of all of them
 */
record DnsFrontends(Endpoint service) implements FrontendDirectory {
  @Override
  public Set<Endpoint> frontends() throws UnknownHostException {
    Set<Endpoint> found = new LinkedHashSet<>();
    for (InetAddress address : InetAddress.getAllByName(service.host())) {
      found.add(new Endpoint(address.getHostAddress(), service.port()));
    }
    return found;
  }
}
