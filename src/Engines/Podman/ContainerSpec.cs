using System.Buffers;
using System.Text.Json;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Podman;

/// <summary>A workload as the body of <c>POST /containers/create</c>, and what of it is read back from the container's labels.</summary>
internal static class ContainerSpec
{
    /// <summary>Labels go from a container into an image that is committed of it, and from there into others: each one of ours is set at every start.</summary>
    public const string IdLabel = "holdfast.id", OwnerLabel = "holdfast.owner", LabelsLabel = "holdfast.labels", OutputLabel = "holdfast.output", OutputStartLabel = "holdfast.output-start";

    /// <summary>The image that a workload was asked to be of, where it was started from a kept layer; of an image that is such a layer, the one below. Else empty.</summary>
    public const string BaseLabel = "holdfast.base";

    /// <summary>The container's name: ours are told from others by it.</summary>
    public static string Name(string id) => $"holdfast-{id}";

    /// <summary>What is wrong with a specification; null when nothing is.</summary>
    public static EngineFault? Check(WorkloadSpec spec)
    {
        if (!WorkloadSpec.IsId(spec.Id)) return Bad($"'{spec.Id}' is no id of a workload: 1 to 63 lower-case letters, digits and '-', beginning with a letter.");
        if (spec.Image is null) return Bad($"'{spec.Id}' names no image, and Podman needs one.");
        if (spec.Argv is not [['/', ..], ..]) return Bad($"'{spec.Id}' names no program, or not with its whole path.");
        foreach (var mount in spec.Mounts)
        {
            // Podman would make a folder of a source that is missing.
            if (!Path.Exists(mount.Source)) return Bad($"{mount.Source}, to be seen as {mount.Target}, is not there.");
            if (!mount.Target.StartsWith('/')) return Bad($"{mount.Target}, where {mount.Source} is to be seen, is no absolute path.");
        }

        return Path.IsPathRooted(spec.OutputFile) ? null : Bad($"The output file {spec.OutputFile} is no absolute path.");
    }

    /// <param name="spec">What is to run.</param>
    /// <param name="outputStart">The length of the output file before the workload writes to it.</param>
    /// <param name="onHostNetwork">Whether it shares this host's network.</param>
    /// <param name="layer">The image with the kept layer that it begins with; null for none.</param>
    public static byte[] Write(WorkloadSpec spec, long outputStart, bool onHostNetwork, KeptImage? layer = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("name", Name(spec.Id));
            json.WriteString("image", layer?.Reference ?? spec.Image);
            if (layer is not null) Strings(json, "unsetenv", layer.Variables);
            Isolation(json, onHostNetwork);
            json.WriteString("hostname", spec.HostName ?? spec.Id);
            // The image's own entry point must not stand before the command.
            Strings(json, "entrypoint", spec.Argv.Take(1));
            Strings(json, "command", spec.Argv.Skip(1));
            json.WriteString("work_dir", spec.WorkingFolder);
            Map(json, "env", spec.Environment);
            Map(json, "labels", new Dictionary<string, string>
            {
                [IdLabel] = spec.Id,
                [OwnerLabel] = spec.Labels.GetValueOrDefault("owner", ""),
                [BaseLabel] = layer is null ? "" : spec.Image!,
                [LabelsLabel] = JsonSerializer.Serialize(spec.Labels.ToDictionary(), PodmanJson.Default.DictionaryStringString),
                [OutputLabel] = spec.OutputFile,
                [OutputStartLabel] = $"{outputStart}",
            });
            Mounts(json, spec.Mounts);
            Resources(json, spec.Resources);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A container that only shows whether one can be started at all: its root is an empty folder, its program is missing.</summary>
    public static byte[] WriteTrial(string name, string root, bool onHostNetwork)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("rootfs", root);
            Isolation(json, onHostNetwork);
            Strings(json, "command", ["/true"]);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Isolation(Utf8JsonWriter json, bool onHostNetwork)
    {
        json.WriteBoolean("init", true); // a shell as process 1 would neither reap orphans nor die of signals
        json.WriteBoolean("no_new_privileges", true);
        // A volume of the image's would hide what is written there from the changes, and would outlive the workload.
        json.WriteString("image_volume_mode", "ignore");
        Namespace(json, "utsns", "private");
        if (onHostNetwork) Namespace(json, "netns", "host");
        json.WriteStartObject("log_configuration");
        json.WriteString("driver", "k8s-file");
        json.WriteEndObject();
    }

    private static void Namespace(Utf8JsonWriter json, string name, string mode)
    {
        json.WriteStartObject(name);
        json.WriteString("nsmode", mode);
        json.WriteEndObject();
    }

    private static void Mounts(Utf8JsonWriter json, IEnumerable<WorkloadMount> mounts)
    {
        json.WriteStartArray("mounts");
        foreach (var mount in mounts.OrderBy(mount => mount.Target.Count(c => c == '/')))
        {
            json.WriteStartObject();
            json.WriteString("type", "bind");
            json.WriteString("source", mount.Source);
            json.WriteString("destination", mount.Target);
            Strings(json, "options", ["rbind", mount.IsReadOnly ? "ro" : "rw"]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Resources(Utf8JsonWriter json, WorkloadResources resources)
    {
        const int Period = 100_000; // microseconds
        if (resources.SharedMemory is { } shared) json.WriteNumber("shm_size", shared);
        if (resources.Gpus is { Count: > 0 } gpus)
        {
            json.WriteStartArray("devices");
            foreach (var gpu in gpus)
            {
                json.WriteStartObject();
                json.WriteString("path", $"nvidia.com/gpu={gpu}");
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteStartObject("resource_limits");
        if (resources.Processors is { } processors)
        {
            json.WriteStartObject("cpu");
            json.WriteNumber("period", Period);
            json.WriteNumber("quota", (long)(processors * Period));
            json.WriteEndObject();
        }

        if (resources.Memory is { } memory)
        {
            json.WriteStartObject("memory");
            json.WriteNumber("limit", memory);
            json.WriteNumber("swap", memory); // memory and swap together
            json.WriteEndObject();
        }

        if (resources.Processes is { } processes)
        {
            json.WriteStartObject("pids");
            json.WriteNumber("limit", processes);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void Map(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> values)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in values) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static EngineFault Bad(string message) => new("bad-spec", message);
}
