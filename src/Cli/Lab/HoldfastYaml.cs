using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Holdfast.Cli.Lab;

/// <summary>
/// The user's <c>holdfast.yaml</c> in <c>$XDG_CONFIG_HOME/holdfast</c> (<c>~/.config/holdfast</c>): under <c>lab:</c> the options of
/// <c>holdfast lab</c> by their names, <c>port: 8890</c>.
/// </summary>
internal sealed class HoldfastYaml
{
    private const string Section = "lab";

    private HoldfastYaml(string file) => File = file;

    public string File { get; }
    public Dictionary<string, string> Values { get; } = [];
    public List<string> Notes { get; } = [];

    /// <summary>Why the file cannot be read, and where; null when it can or is not there.</summary>
    public string? Problem { get; private set; }

    public static HoldfastYaml Read(IReadOnlyDictionary<string, string> variables)
    {
        var home = variables.GetValueOrDefault("XDG_CONFIG_HOME") is { Length: > 0 } config ? config : Path.Join(variables.GetValueOrDefault("HOME") ?? "/", ".config");
        var yaml = new HoldfastYaml(Path.Join(home, "holdfast", "holdfast.yaml"));
        // A lab without such a file starts without the library.
        if (System.IO.File.Exists(yaml.File))
            yaml.Take();
        return yaml;
    }

    private void Take()
    {
        try
        {
            using var text = System.IO.File.OpenText(File);
            Take(new Parser(text));
        }
        catch (YamlException fault)
        {
            Problem = $"{File} line {fault.Start.Line} cannot be read: {fault.Message}";
        }
    }

    private void Take(Parser parser)
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _) || !parser.TryConsume<MappingStart>(out _))
            return;
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var name = parser.Consume<Scalar>();
            if (name.Value != Section || !parser.TryConsume<MappingStart>(out _))
            {
                parser.SkipThisAndNestedEvents();
                continue;
            }
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = parser.Consume<Scalar>();
                if (!LabSetting.All.Any(setting => setting.Name == key.Value && !setting.InFilesOnly))
                {
                    Notes.Add($"{Section}: {key.Value} in {File} line {key.Start.Line} is not understood and has no effect.");
                    parser.SkipThisAndNestedEvents();
                }
                else if (parser.TryConsume<Scalar>(out var value))
                    Values[key.Value] = value.Value;
                else
                    throw new YamlException(key.Start, key.End, $"{key.Value} has one value");
            }
        }
    }
}
