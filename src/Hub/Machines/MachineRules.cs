namespace Holdfast.Hub.Machines;

/// <summary>What a machine may be called and made of.</summary>
internal static class MachineRules
{
    private const int LongestName = 40;
    // Names of hosts beside those of machines.
    private static readonly string[] Reserved = ["hub", "www", "api", "localhost"];

    /// <summary>What is wrong with a specification, and the mend; null when nothing is.</summary>
    public static string? Problem(MachineSpec spec, HubOptions options)
    {
        if (!IsName(spec.Name))
            return $"'{spec.Name}' is no name of a machine: 1 to {LongestName} lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen. It is a part of a host name.";
        if (Reserved.Contains(spec.Name)) return $"'{spec.Name}' is the hub's own name; mend: another one.";
        var engine = EngineOf(spec);
        if (engine == "podman" && spec.Image is not null && !options.Engines.ContainsKey(engine))
            return "Images need Podman, which is not there; mend: leave out the image for a machine on this computer's own system, or 'holdfast doctor' says what Podman lacks.";
        if (!options.Engines.ContainsKey(engine))
            return $"There is no engine '{engine}' here ({string.Join(", ", options.Engines.Keys.Order())}); mend: holdfast doctor says what is missing.";
        if (engine == "host" && spec.Image is not null) return "The host engine has no images: its machines are this host itself; mend: leave out the image, or use the engine podman.";
        if (engine != "host" && string.IsNullOrEmpty(spec.Image)) return $"The engine {engine} needs an image; mend: name one, as debian:12 or registry/team/name@sha256:….";
        if (TypeProblem(spec.Type, options.Settings) is { } wrong) return wrong;
        if (spec.Environment.Keys.FirstOrDefault(name => !IsVariable(name)) is { } variable) return $"'{variable}' is no name of a variable: letters, digits and _, not beginning with a digit.";
        if (spec.Secrets.FirstOrDefault(name => !IsVariable(name)) is { } secret) return $"'{secret}' is no name of a secret: letters, digits and _, not beginning with a digit.";
        return spec.Git is { } git && (git.StartsWith('-') || git.Any(char.IsControl)) ? $"'{git}' is no address of a git repository." : null;
    }

    /// <summary>What is wrong with the name of a type; null when nothing is.</summary>
    public static string? TypeProblem(string? type, HubSettings settings) => type is null || settings.Types.Any(each => each.Name == type)
        ? null
        : $"There is no type '{type}'; there are {string.Join(", ", settings.Types.Select(each => each.Name))}.";

    /// <summary>The engine that a specification means.</summary>
    public static string EngineOf(MachineSpec spec) => spec.Engine ?? (spec.Image is null ? "host" : "podman");

    /// <summary>The type that a specification means.</summary>
    public static MachineType TypeOf(MachineSpec spec, HubSettings settings) => settings.Types.FirstOrDefault(type => type.Name == spec.Type) ?? settings.Types[0];

    public static bool IsName(string name) => name.Length is > 0 and <= LongestName && char.IsAsciiLetterLower(name[0]) && name[^1] != '-'
        && !name.Contains("--", StringComparison.Ordinal) && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');

    private static bool IsVariable(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
}
