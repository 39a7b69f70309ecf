using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Podman;

/// <summary>What Podman's words about a registry mean: they are all that it tells.</summary>
internal static class RegistryProblem
{
    private static readonly string[] Silent = ["connection refused", "no such host", "i/o timeout", "deadline exceeded", "no route to host", "network is unreachable", "connection reset", "server misbehaving", "status: 50", "TLS handshake", "server gave HTTP response"];
    private static readonly string[] Denied = ["unauthorized", "authentication required", "denied", "forbidden", "status: 401", "status: 403"];
    private static readonly string[] Missing = ["manifest unknown", "name unknown", "not found", "name invalid"];

    /// <summary>The fault; null when the words are of something else.</summary>
    public static EngineFault? Of(string name, RegistryLogin? login, string problem)
    {
        var registry = name.Split('/')[0];
        bool Says(string[] words) => words.Any(word => problem.Contains(word, StringComparison.OrdinalIgnoreCase));
        return Says(Silent) ? new("registry-unavailable", $"The registry {registry} does not answer for {name}; mend: try again when it is up. {Last(problem)}")
            : Says(Denied) ? new("not-permitted", $"The registry {registry} denies {name} {(login is null ? "without a login" : $"to {login.User}")}; mend: log in there (holdfast image login {registry}) as somebody who may.")
            : Says(Missing) ? new("image-missing", $"The registry {registry} has no {name}; mend: 'holdfast image ls --remote {PodmanImages.Repository(name)}' lists what it has.")
            : null;
    }

    /// <summary>The innermost of the reasons that are strung together.</summary>
    private static string Last(string problem) => $"It says: {string.Join(": ", problem.Split(": ").TakeLast(2))}.";
}
