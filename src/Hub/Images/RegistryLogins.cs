using Holdfast.Engines.Contract;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Images;

/// <summary>A login to a registry, without its password.</summary>
/// <param name="Registry">Host and port.</param>
/// <param name="User">Who, there.</param>
/// <param name="Secret">The name of the secret that it is.</param>
/// <param name="Changed">When it was set.</param>
public sealed record RegistryLoginView(string Registry, string User, string Secret, DateTimeOffset Changed);

/// <summary>
/// People's logins to registries: secrets of theirs, <c>REGISTRY_HOST_LOGIN</c> with <c>host user:password</c> as the value. The host is in the value too: names of two hosts may come to
/// one name of a secret, and the login of one must not be sent to the other.
/// </summary>
internal sealed class RegistryLogins(SecretStore secrets)
{
    private const string Prefix = "REGISTRY_", Suffix = "_LOGIN";

    /// <summary>A person's logins, by registry.</summary>
    public IReadOnlyList<RegistryLoginView> List(string person) =>
    [
        .. from secret in secrets.List(person)
           where secret.Name.StartsWith(Prefix, StringComparison.Ordinal) && secret.Name.EndsWith(Suffix, StringComparison.Ordinal)
           let login = Read(person, secret.Name)
           where login is not null
           orderby login.Value.Registry
           select new RegistryLoginView(login.Value.Registry, login.Value.Login.User, secret.Name, secret.Changed),
    ];

    /// <summary>What logs a person in to a registry; null for nothing.</summary>
    public RegistryLogin? Find(string person, string registry) => Read(person, SecretOf(registry)) is { } found && found.Registry == registry ? found.Login : null;

    /// <summary>Sets the caller's login to a registry.</summary>
    public HubResult<RegistryLoginView> Set(Caller caller, string registry, string user, string password)
    {
        if (!ImageName.IsRegistry(registry) || registry == ImageName.Here) return NoRegistry(registry);
        if (user.Length == 0 || user.Any(letter => letter == ':' || char.IsControl(letter)) || password.Length == 0 || password.Any(char.IsControl))
            return new HubFault("bad-request", "A login is USER:PASSWORD on one line; the user has no colon.");
        var set = secrets.Set(caller, SecretOf(registry), $"{registry} {user}:{password}");
        return set.Ok ? new RegistryLoginView(registry, user, set.Value.Name, set.Value.Changed) : set.Fault;
    }

    /// <summary>Removes the caller's login to a registry.</summary>
    public HubResult<bool> Remove(Caller caller, string registry) =>
        Find(caller.Name, registry) is null ? new HubFault("not-found", $"You have no login to {registry}.") : secrets.Remove(caller, SecretOf(registry));

    /// <summary>What is said to what is no registry.</summary>
    public static HubFault NoRegistry(string text) => new("bad-request", $"'{text}' is no registry; mend: host and port, as registry.example.org or 127.0.0.1:5000.");

    private static string SecretOf(string registry) => Prefix + string.Concat(registry.ToUpperInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_')) + Suffix;

    private (string Registry, RegistryLogin Login)? Read(string person, string name) =>
        secrets.Read(person, name)?.Trim().Split(' ', 2) is [var registry, var rest] && rest.Split(':', 2) is [var user, var password] ? (registry, new RegistryLogin(user, password)) : null;
}
