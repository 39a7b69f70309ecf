using System.Globalization;
using System.Text.Json;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Stores;

namespace Holdfast.Hub.Jobs;

/// <summary>What a job may be, and what it is where it says nothing.</summary>
internal static class JobRules
{
    public const int DefaultPriority = 50, DefaultAttempts = 3, MostParts = 10_000;
    private const int MostImports = 1000, MostImportText = 50_000;
    private const long MostSharedMemory = 1L << 50;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(30);

    /// <summary>Of <see cref="JobSpec.Environment"/>: what differs does not run.</summary>
    public const string Same = "same";
    /// <summary>Why the environment of a machine does not get to where a job is to run.</summary>
    public const string NoRegistry = "machine: its environment gets to other computers by a registry, and this hub has none; mend: registry in hub.yaml, or an image that is in one.";

    public const string DefaultOutput = "/storage/runs/{name}/{id}";
    private const string Storage = JobOutputFolder.Storage;
    private static readonly string[] Ons = ["interruption", "error"], Passes = ["arguments", "papermill", "none"], Environments = ["any", Same];

    /// <summary>What is wrong with a specification, with the field and the mend; null when nothing is.</summary>
    public static string? Problem(JobSpec spec, HubOptions options)
    {
        if (spec.Name is { } name && !MachineRules.IsName(name)) return $"name: '{name}' is 1 to 40 lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen.";
        if (spec.Command is not { Count: > 0 } || string.IsNullOrEmpty(spec.Command[0]) || spec.Command.Any(word => word is null || word.Contains('\0', StringComparison.Ordinal))) return "command: a program and its arguments.";
        if (!options.Engines.ContainsKey(EngineOf(spec))) return $"{(spec.Engine is null ? "image" : "engine")}: there is no engine '{EngineOf(spec)}' here ({string.Join(", ", options.Engines.Keys.Order())}); mend: {MachineRules.EngineMend(EngineOf(spec))}.";
        if (spec is { Engine: "host", Image: not null }) return "engine: the host has no images; mend: leave out engine or image.";
        if (spec is { Engine: "podman", Image: null, Machine: null }) return "engine: podman needs an image; mend: image, or leave out engine.";
        if (spec is { Engine: "slurm", Machine: not null, Image: null }) return "machine: nodes have their own environment, and not that of a machine without an image; mend: a machine of an image, an image of its recipe in a registry (holdfast recipe record, image build and push), or leave out machine.";
        if (spec is { Engine: "slurm", Machine: not null } && options.Settings.Registry is null) return NoRegistry;
        if (spec.Nodes is < 0 or > 10_000) return "nodes: 1 to 10000.";
        if (EngineOf(spec) != "slurm" && spec.Nodes > 1) return "nodes: several nodes are a cluster's; mend: engine slurm, or shards for copies on one host.";
        if (EngineOf(spec) != "slurm" && spec.Partition is not null) return "partition: only a cluster has partitions; mend: engine slurm.";
        if (spec.Partition is { } partition && !IsPartition(partition)) return $"partition: '{partition}' is no name of a partition: letters, digits, '_', '-' and '.'.";
        if (spec.Environment is { } environment && !Environments.Contains(environment)) return $"environment: {string.Join(", ", Environments)}, not '{environment}'.";
        if (spec.Image is { } image && (image.Length == 0 || image.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)))) return $"image: '{image}' is no name of an image.";
        if (MachineRules.TypeProblem(spec.Resources.Type, options.Settings) is { } type) return $"resources.type: {type}";
        if (spec.Resources is { Cpu: < 0.1 or > 100_000 } or { Cpu: double.NaN }) return "resources.cpu: processors, from 0.1.";
        if (spec.Resources is { Memory: < 4_000_000 }) return "resources.memory: at least 4MB.";
        if (spec.Resources is { Gpu: < 0 } or { ShmSize: < 0 or > MostSharedMemory }) return "resources.gpu and resources.shm_size: 0 or more, and no more than there can be.";
        if (spec.Env.Keys.FirstOrDefault(key => !MachineRules.IsVariable(key)) is { } variable) return $"env: '{variable}' is no name of a variable: letters, digits and _, not beginning with a digit.";
        if (spec.Env.FirstOrDefault(pair => pair.Value is null || pair.Value.Contains('\0', StringComparison.Ordinal)).Key is { } bad) return $"env: {bad} is a text.";
        if (spec.Secrets.Select(secret => secret ?? "").FirstOrDefault(secret => !MachineRules.IsVariable(secret)) is { } wrong) return $"secrets: '{wrong}' is no name of a secret: letters, digits and _, not beginning with a digit.";
        if (spec.Parameters.FirstOrDefault(pair => !IsParameter(pair.Value)).Key is { } odd) return $"parameters: {odd} is a text, a number, true, false, null or a list of those.";
        if (spec.Parameters.Keys.FirstOrDefault(key => !MachineRules.IsVariable(key)) is { } unnamed) return $"parameters: '{unnamed}' is no name: letters, digits and _, not beginning with a digit.";
        if (spec.PassAs is { } pass && !Passes.Contains(pass)) return $"pass_as: {string.Join(", ", Passes)}, not '{pass}'.";
        if (spec.Code is { } code && Hash(code) is null) return "code: sha256: and 64 hexadecimal digits, of an archive that was sent before.";
        if (spec.Output is { } output && OutputProblem(output) is { } where) return where;
        if (spec.Imports.Count > MostImports || spec.Imports.Sum(each => (each?.Statement?.Length ?? MostImportText) + (each?.Place?.Length ?? MostImportText)) > MostImportText) return $"imports: at most {MostImports} statements with their places, {MostImportText} letters in all.";
        if (spec.Shards is < 1 or > MostParts) return $"shards: 1 to {MostParts}.";
        if (spec.Priority is < 0 or > 100) return "priority: 0 to 100.";
        if (spec.MaxDuration is { } most && (most < TimeSpan.FromSeconds(1) || most > Longest)) return $"max_duration: one second to {Longest.TotalDays:0} days.";
        if (spec.StopGrace is { } grace && (grace < TimeSpan.Zero || grace > TimeSpan.FromHours(1))) return "stop_grace: 0s to 1h.";
        if (spec.Retry is { } retry)
        {
            if (retry.On?.FirstOrDefault(on => !Ons.Contains(on)) is { } unknown) return $"retry.on: {string.Join(", ", Ons)}, not '{unknown}'.";
            if (retry.MaxAttempts is < 1 or > 100) return "retry.max_attempts: 1 to 100.";
            if (retry.ExitCodes?.Any(exit => exit is < 1 or > 255) == true) return "retry.exit_codes: 1 to 255.";
        }
        if (spec.Sweep is null) return null;
        return spec.Shards > 1 ? "sweep: a job has shards or a sweep, not both." : JobParts.Problem(spec.Sweep);
    }

    /// <summary>The engine that a job runs on.</summary>
    public static string EngineOf(JobSpec spec) => spec.Engine ?? (spec.Image is null ? "host" : "podman");

    /// <summary>With all that was not said, for a job of this id.</summary>
    public static JobSpec Whole(JobSpec spec, string id)
    {
        var name = spec.Name ?? NameOf(spec);
        return spec with
        {
            Name = name,
            Output = (spec.Output ?? DefaultOutput).Replace("{name}", name, StringComparison.Ordinal).Replace("{id}", id, StringComparison.Ordinal).TrimEnd('/'),
        };
    }

    /// <summary>The folder of an output, as jobs and machines see it.</summary>
    public static string FolderOf(string output) => StorePlace.Of(output)?.Folder ?? output;

    /// <summary>Generated readers know nothing of the defaults of properties: what was not said, or said to be null, is null.</summary>
    public static JobSpec Filled(JobSpec spec) => spec with
    {
        Command = spec.Command ?? [],
        Parameters = spec.Parameters ?? new Dictionary<string, JsonElement>(),
        Env = spec.Env ?? new Dictionary<string, string>(),
        Secrets = spec.Secrets ?? [],
        After = [.. (spec.After ?? []).Where(name => name is not null)],
        Resources = spec.Resources ?? new JobResources(),
        Imports = spec.Imports ?? [],
        Shards = spec.Shards == 0 ? 1 : spec.Shards,
        Nodes = spec.Nodes == 0 ? 1 : spec.Nodes,
    };

    /// <summary>The whole command, with its parameters.</summary>
    public static IReadOnlyList<string> Arguments(JobSpec spec) => (spec.PassAs ?? "arguments") switch
    {
        "arguments" => [.. spec.Command, .. spec.Parameters.Select(pair => $"--{pair.Key}={Text(pair.Value)}")],
        "papermill" => [.. spec.Command, .. spec.Parameters.SelectMany(pair => (string[])["-p", pair.Key, Text(pair.Value)])],
        _ => spec.Command,
    };

    /// <summary>A parameter as an argument: a text as it is, everything else as JSON.</summary>
    public static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    /// <summary>The hash of code, without its <c>sha256:</c>; null when it is none.</summary>
    public static string? Hash(string code) => code.StartsWith("sha256:", StringComparison.Ordinal) && code.Length == 71 && code[7..].All(char.IsAsciiHexDigitLower) ? code[7..] : null;

    /// <summary>Whether a job that ended so is run again.</summary>
    public static bool IsTriedAgain(JobRecord job, string reason, int? exitCode)
    {
        var retry = job.Spec.Retry ?? new JobRetry();
        if (job.Attempts.Count >= (retry.MaxAttempts ?? DefaultAttempts)) return false;
        var on = retry.On ?? ["interruption"];
        if (reason == JobReason.Interrupted) return on.Contains("interruption");
        if (reason is not (JobReason.ExitedWithError or JobReason.OutOfMemory) || exitCode is not { } code) return false;
        return retry.ExitCodes is { } codes ? codes.Contains(code) : code == RetryMe || on.Contains("error");
    }

    /// <summary>The exit code of a command that asks to be run again (EX_TEMPFAIL of sysexits.h).</summary>
    public const int RetryMe = 75;

    private static string? OutputProblem(string output)
    {
        // Which stores there are is not known here.
        if (StorePlace.IsMeant(output)) return null;
        if (!output.StartsWith($"{Storage}/", StringComparison.Ordinal) || output.TrimEnd('/') == Storage)
            return $"output: '{output}' is a folder below {Storage}, as {DefaultOutput}, or a place in a store, as s3://team/runs/{{name}}/{{id}}.";
        var parts = output.TrimEnd('/').Split('/')[1..];
        return parts.Any(part => part is "" or "." or ".." || part.Length > 200 || part.Any(char.IsControl)) ? $"output: '{output}' has an empty part, a dot alone or a control character in it." : null;
    }

    private static string NameOf(JobSpec spec)
    {
        var words = spec.Notebook ?? spec.Command.Skip(1).FirstOrDefault(word => word.EndsWith(".py", StringComparison.Ordinal) || word.EndsWith(".sh", StringComparison.Ordinal)) ?? spec.Command[0];
        var stem = Path.GetFileNameWithoutExtension(words.TrimEnd('/')).ToLower(CultureInfo.InvariantCulture);
        var name = string.Join('-', new string([.. stem.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')]).Split('-', StringSplitOptions.RemoveEmptyEntries));
        name = name.Length > 40 ? name[..40].TrimEnd('-') : name;
        return MachineRules.IsName(name) ? name : MachineRules.IsName($"job-{name}") ? $"job-{name}" : "job";
    }

    private static bool IsPartition(string name) => name.Length is > 0 and <= 100 && name[0] != '-' && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.');

    private static bool IsParameter(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().All(each => each.ValueKind != JsonValueKind.Array && IsParameter(each)),
        JsonValueKind.Object or JsonValueKind.Undefined => false,
        _ => true,
    };
}
