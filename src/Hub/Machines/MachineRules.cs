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
            return $"There is no engine '{engine}' here ({string.Join(", ", options.Engines.Keys.Order())}); mend: {EngineMend(engine)}.";
        var isElsewhere = options.Engines[engine].SchedulesItself;
        if (isElsewhere && spec.Image is not null) return $"Machines on {engine} are the nodes' own system; mend: leave out the image, or use the engine podman.";
        if (engine == "host" && spec.Image is not null) return "The host engine has no images: its machines are this host itself; mend: leave out the image, or use the engine podman.";
        if (engine != "host" && !isElsewhere && string.IsNullOrEmpty(spec.Image)) return $"The engine {engine} needs an image; mend: name one, as debian:12 or registry/team/name@sha256:….";
        if (TypeProblem(spec.Type, options.Settings) is { } wrong) return wrong;
        if (spec.Environment.Keys.FirstOrDefault(name => !IsVariable(name)) is { } variable) return $"'{variable}' is no name of a variable: letters, digits and _, not beginning with a digit.";
        if (spec.Secrets.FirstOrDefault(name => !IsVariable(name)) is { } secret) return $"'{secret}' is no name of a secret: letters, digits and _, not beginning with a digit.";
        if (spec.IdleTimeout is { } idle && !IsTimeout(idle)) return "idle_timeout is at least a minute; 0 for never.";
        if (spec.TimeLimit is { } limit && !IsTimeout(limit)) return "time_limit is at least a minute; 0 for never.";
        if (spec.OnLoss is { } loss && !OnLoss.All.Contains(loss)) return $"on_loss is {string.Join(", ", OnLoss.All)}, not '{loss}'.";
        return spec.Git is { } git && (git.StartsWith('-') || git.Any(char.IsControl)) ? $"'{git}' is no address of a git repository." : null;
    }

    /// <summary>What is wrong with the name of a type; null when nothing is.</summary>
    public static string? TypeProblem(string? type, HubSettings settings) => type is null || settings.Types.Any(each => each.Name == type)
        ? null
        : $"There is no type '{type}'; there are {string.Join(", ", settings.Types.Select(each => each.Name))}.";

    /// <summary>The engine that a specification means.</summary>
    public static string EngineOf(MachineSpec spec) => spec.Engine ?? (spec.Image is null ? "host" : "podman");

    /// <summary>The type that a specification means.</summary>
    public static MachineType TypeOf(MachineSpec spec, HubSettings settings) => TypeOf(spec.Type, settings);

    /// <summary>The type of a name; of none, and of one that the settings do not have, the first.</summary>
    public static MachineType TypeOf(string? name, HubSettings settings) => settings.Types.FirstOrDefault(type => type.Name == name) ?? settings.Types[0];

    /// <summary>The type that a machine runs or ran with; of one that was never started the type that it would.</summary>
    public static MachineType TypeOf(MachineRecord machine, HubSettings settings) => TypeOf(machine.Spec with { Type = machine.Type ?? machine.Spec.Type }, settings);

    /// <summary>What helps where an engine is not there.</summary>
    public static string EngineMend(string engine) => engine == "slurm" ? "slurm in hub.yaml (docs/slurm.md), and start the hub anew" : "holdfast doctor says what is missing";

    /// <summary>What is said to who wants something of a machine that does not run.</summary>
    public static HubFault NotRunning(MachineRecord machine) => new("conflict", $"{machine.Spec.Name} does not run; mend: holdfast machine start {machine.Spec.Name}.");

    /// <summary>Whether nothing of it runs or is on its way.</summary>
    public static bool IsAtRest(MachineState state) => state is MachineState.Created or MachineState.Stopped or MachineState.Failed;

    public static bool IsName(string name) => name.Length is > 0 and <= LongestName && char.IsAsciiLetterLower(name[0]) && name[^1] != '-'
        && !name.Contains("--", StringComparison.Ordinal) && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');

    /// <summary>Whether two specifications are the same but for when the hub stops the machine, which may be changed while it runs.</summary>
    public static bool DiffersInAutoStopAlone(MachineSpec one, MachineSpec other) =>
        other with { IdleTimeout = one.IdleTimeout, TimeLimit = one.TimeLimit, OnLoss = one.OnLoss, Environment = one.Environment, Secrets = one.Secrets } == one
        && one.Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal).SequenceEqual(other.Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal)) && one.Secrets.SequenceEqual(other.Secrets);

    /// <summary>Whether a machine can be stopped after such a time; 0 for never.</summary>
    public static bool IsTimeout(TimeSpan span) => span == TimeSpan.Zero || span >= TimeSpan.FromMinutes(1);

    /// <summary>Whether a variable, a secret or a parameter can have this name.</summary>
    public static bool IsVariable(string name) => name is { Length: > 0 } && !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
}
