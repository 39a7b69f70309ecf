using System.Globalization;

namespace Holdfast.Hub.Machines;

/// <summary>Credentials for git over HTTPS that come from a secret: lines as <c>https://ada:TOKEN@github.com</c>, as in <c>~/.git-credentials</c>, and never in a file.</summary>
internal static class GitCredentials
{
    /// <summary>The name of the secret.</summary>
    public const string Secret = "GIT_CREDENTIALS";

    private const string Count = "GIT_CONFIG_COUNT";

    // git's own helper reads the lines, out of a descriptor; what it is told to store it has nowhere to put.
    private const string Helper = "!f() { [ \"$1\" = get ] || exit 0; git credential-store --file=/dev/fd/3 get 3<<END\n$GIT_CREDENTIALS\nEND\n}; f";

    /// <summary>Has git ask for them, besides the helpers that it has.</summary>
    public static void Use(Dictionary<string, string> variables)
    {
        var number = int.TryParse(variables.GetValueOrDefault(Count), NumberStyles.None, CultureInfo.InvariantCulture, out var set) ? set : 0;
        variables[string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_KEY_{number}")] = "credential.helper";
        variables[string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_VALUE_{number}")] = Helper;
        variables[Count] = (number + 1).ToString(CultureInfo.InvariantCulture);
    }
}
