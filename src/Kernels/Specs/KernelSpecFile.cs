using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Holdfast.Kernels.Specs;

/// <summary>Reads a <c>kernel.json</c> (jupyter_client "Kernel specs").</summary>
internal static partial class KernelSpecFile
{
    public const string Name = "kernel.json";

    /// <summary>The fields of jupyter_client's <c>KernelSpec.to_dict</c>, in its order, and what stands for one that is not there.</summary>
    private static readonly (string Field, string? Otherwise)[] Fields =
    [
        ("argv", "[]"), ("env", "{}"), ("display_name", null), ("language", "\"\""), ("interrupt_mode", "\"signal\""), ("metadata", "{}"),
    ];

    /// <summary>The spec of a folder; null, with a sentence in <paramref name="problems"/>, when it cannot be started.</summary>
    public static KernelSpec? Read(string folder, string name, FoundPython? python, List<string> problems)
    {
        var file = Path.Combine(folder, Name);
        if (!ValidName().IsMatch(name)) return Refuse("its folder's name is no kernel name", "rename the folder to letters, digits, '-', '.' and '_'");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return Refuse("it holds no JSON object", "write one or delete the folder");
            if (Fault(root) is { } fault) return Refuse(fault, "mend the field or delete the folder");

            var argv = root.GetProperty("argv").EnumerateArray().Select(a => a.GetString()!).ToList();
            if (argv[0] is "python" or "python3")
            {
                if (python is null)
                    return Refuse(
                        $"it starts {argv[0]}, and no Python on PATH has ipykernel",
                        "install it (apt-get install python3-ipykernel, or pip install ipykernel)");
                argv[0] = python.Program;
            }
            else if (Path.IsPathFullyQualified(argv[0]) && !File.Exists(argv[0]))
            {
                return Refuse($"its program {argv[0]} is not there", "install it again or delete the folder");
            }

            return new KernelSpec
            {
                Name = name,
                ResourceFolder = folder,
                Json = Complete(root, name),
                Argv = argv,
                DisplayName = Text(root, "display_name") ?? name,
                Language = Text(root, "language") ?? "",
                InterruptByMessage = Text(root, "interrupt_mode") == "message",
                Environment = Variables(root),
                Python = Path.IsPathFullyQualified(argv[0]) && Path.GetFileName(argv[0]).StartsWith("python", StringComparison.Ordinal) ? argv[0] : null,
                ResourceFiles = Resources(folder),
            };
        }
        catch (JsonException e)
        {
            return Refuse($"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} is not JSON", "mend that line (comments and commas at an end are not allowed)");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse(e.Message.TrimEnd('.'), "make it readable");
        }
        catch (InvalidOperationException)
        {
            return Refuse("it holds text that is not UTF-8", "save it as UTF-8");
        }

        KernelSpec? Refuse(string fault, string mend)
        {
            problems.Add($"{file}: {fault}; {mend}.");
            return null;
        }
    }

    /// <summary>Null when every field has its type.</summary>
    private static string? Fault(JsonElement root)
    {
        if (!root.TryGetProperty("argv", out var argv) || argv.ValueKind != JsonValueKind.Array || argv.GetArrayLength() == 0
            || argv.EnumerateArray().Any(a => a.ValueKind != JsonValueKind.String))
            return "argv is no list of texts";
        foreach (var name in new[] { "display_name", "language", "interrupt_mode" })
            if (root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.String) return $"{name} is no text";
        if (Text(root, "interrupt_mode") is not (null or "signal" or "message")) return "interrupt_mode is neither \"signal\" nor \"message\"";
        if (root.TryGetProperty("metadata", out var metadata) && metadata.ValueKind != JsonValueKind.Object) return "metadata is no object";
        return root.TryGetProperty("env", out var environment) && (environment.ValueKind != JsonValueKind.Object
            || environment.EnumerateObject().Any(p => p.Value.ValueKind != JsonValueKind.String))
            ? "env is no object of texts"
            : null;
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static Dictionary<string, string> Variables(JsonElement root)
    {
        var variables = new Dictionary<string, string>();
        if (root.TryGetProperty("env", out var environment))
            foreach (var variable in environment.EnumerateObject()) variables[variable.Name] = variable.Value.GetString()!;
        return variables;
    }

    private static ReadOnlyMemory<byte> Complete(JsonElement root, string name)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (field, otherwise) in Fields)
            {
                writer.WritePropertyName(field);
                if (root.TryGetProperty(field, out var value)) value.WriteTo(writer);
                else if (otherwise is null) writer.WriteStringValue(name);
                else writer.WriteRawValue(otherwise);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>What clients may fetch from a resource folder.</summary>
    public static IReadOnlyList<string> Resources(string folder)
    {
        try
        {
            return !Directory.Exists(folder)
                ? []
                : [.. Directory.GetFiles(folder).Select(f => Path.GetFileName(f)).Where(IsForClients).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool IsForClients(string file) => file is "kernel.js" or "kernel.css" || file.StartsWith("logo-", StringComparison.Ordinal);

    [GeneratedRegex(@"^[a-z0-9._\-]+$")]
    private static partial Regex ValidName();
}
