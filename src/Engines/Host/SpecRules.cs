using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Host;

/// <summary>What a specification must hold to be started here.</summary>
internal static class SpecRules
{
    private static readonly string[] SystemFolders = ["/proc", "/sys", "/dev"];

    /// <summary>Why this one cannot be started; null when it can be tried.</summary>
    public static EngineFault? Check(WorkloadSpec spec, bool hasImages = false)
    {
        if (!WorkloadSpec.IsId(spec.Id)) return Bad($"'{spec.Id}' is no id: 1 to 63 lower-case letters, digits and '-', beginning with a letter.");
        if (!hasImages && spec.Image is { } image) return Bad($"The host engine has no images, {image} was asked for. Leave the image out, or use a container engine.");
        if (spec.Argv.Count == 0 || !IsPlain(spec.Argv[0]) || spec.Argv[0].Contains('=', StringComparison.Ordinal)) return Bad("The program must be an absolute path, without '='.");
        if (spec.Argv.Any(HasNul)) return Bad("An argument holds a NUL.");
        if (spec.Environment.Keys.FirstOrDefault(name => !Shell.IsName(name)) is { } name) return Bad($"'{name}' is no name of a variable: letters, digits and '_', not beginning with a digit.");
        if (spec.Environment.FirstOrDefault(pair => HasNul(pair.Value)).Key is { } variable) return Bad($"The value of {variable} holds a NUL.");
        if (!IsPlain(spec.WorkingFolder)) return Bad($"The working folder {spec.WorkingFolder} is not an absolute path.");
        if (spec.HostName is { } host && (host.Length is 0 or > 64 || !host.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.'))) return Bad($"'{host}' is no host name.");
        if (!Directory.Exists(spec.Scratch)) return Bad($"The scratch folder {spec.Scratch} does not exist.");
        if (!Directory.Exists(Path.GetDirectoryName(spec.OutputFile))) return Bad($"The folder of the output file {spec.OutputFile} does not exist.");
        if (spec.Layer is { } layer && !KeptLayers.Of(spec.LayerOf?.Scratch ?? spec.Scratch).Has(layer)) return new EngineFault("not-found", $"There is no kept layer {layer} of {spec.LayerOf?.Id ?? spec.Id} any more. Start it with a fresh one.");
        foreach (var mount in spec.Mounts)
        {
            if (!IsPlain(mount.Source) || !Path.Exists(mount.Source)) return Bad($"{mount.Source}, which is to be mounted at {mount.Target}, does not exist.");
            if (!IsPlain(mount.Target) || mount.Target == "/") return Bad($"{mount.Target} is no place for a mount: an absolute path without '.' and '..', not '/'.");
            if (SystemFolders.Any(own => HostMount.IsIn(mount.Target, own))) return Bad($"{mount.Target} is no place for a mount: it is the system's.");
        }

        return null;
    }

    private static bool IsPlain(string path) => path.StartsWith('/') && !HasNul(path) && Path.GetFullPath(path) == path && (path == "/" || !path.EndsWith('/'));

    private static bool HasNul(string text) => text.Contains('\0', StringComparison.Ordinal);

    private static EngineFault Bad(string message) => new("bad-spec", message);
}
