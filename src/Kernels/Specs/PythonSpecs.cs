using System.Buffers;
using System.Text.Json;

namespace Holdfast.Kernels.Specs;

/// <summary>Makes the specs of Pythons that have ipykernel and no kernelspec.</summary>
internal static class PythonSpecs
{
    /// <summary>As ipykernel's own <c>get_kernel_dict</c>.</summary>
    public static KernelSpec Native(FoundPython python) => Make(python, "python3", "Python 3 (ipykernel)", []);

    /// <summary>
    /// For an environment: <c>python-name</c>, shown as "Python (name)". Its programs go first on PATH, so that <c>!pip install</c> in a
    /// cell installs into it.
    /// </summary>
    public static KernelSpec OfEnvironment(FoundPython python, IReadOnlyDictionary<string, KernelSpec> taken)
    {
        var label = Path.GetFileName(python.Prefix);
        // A project's .venv says nothing; the project does.
        if (label is ".venv" or "venv" or "env") label = Path.GetFileName(Path.GetDirectoryName(python.Prefix)) is { Length: > 0 } project ? project : label;
        var plain = "python-" + string.Concat(label.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-'));
        var name = plain;
        for (var i = 2; taken.ContainsKey(name); i++) name = $"{plain}-{i}";

        var isConda = Directory.Exists(Path.Combine(python.Prefix, "conda-meta"));
        return Make(python, name, $"Python ({label})", new Dictionary<string, string>
        {
            ["PATH"] = Path.Combine(python.Prefix, "bin") + ":${PATH}",
            [isConda ? "CONDA_PREFIX" : "VIRTUAL_ENV"] = python.Prefix,
        });
    }

    private static KernelSpec Make(FoundPython python, string name, string displayName, Dictionary<string, string> environment)
    {
        string[] argv = [python.Program, "-m", "ipykernel_launcher", "-f", "{connection_file}"];
        var resources = Path.Combine(python.Package, "resources");
        return new KernelSpec
        {
            Name = name,
            ResourceFolder = Directory.Exists(resources) ? resources : null,
            Json = Json(argv, displayName, environment),
            Argv = argv,
            DisplayName = displayName,
            Language = "python",
            Environment = environment,
            Python = python.Program,
            ResourceFiles = KernelSpecFile.Resources(resources),
        };
    }

    private static ReadOnlyMemory<byte> Json(string[] argv, string displayName, Dictionary<string, string> environment)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("argv"u8);
            foreach (var argument in argv) writer.WriteStringValue(argument);
            writer.WriteEndArray();
            writer.WriteStartObject("env"u8);
            foreach (var (variable, value) in environment) writer.WriteString(variable, value);
            writer.WriteEndObject();
            writer.WriteString("display_name"u8, displayName);
            writer.WriteString("language"u8, "python");
            writer.WriteString("interrupt_mode"u8, "signal");
            writer.WriteStartObject("metadata"u8);
            writer.WriteBoolean("debugger"u8, true);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
