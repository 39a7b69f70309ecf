using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using Holdfast.Cli.Notebooks;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Exporting;
using Holdfast.Notebooks.Running;

namespace Holdfast.Cli.Running;

/// <summary>The options that set parameters of a notebook: papermill's. Files come first, then YAML, then single values; what is said later counts.</summary>
internal sealed class RunParameters
{
    private readonly Option<List<KeyValuePair<string, string>>> _values = Pairs("--parameter", "-p", "Set a parameter: NAME VALUE, or NAME=VALUE. True, False, None and numbers are what they look like.");
    private readonly Option<List<KeyValuePair<string, string>>> _texts = Pairs("--raw", "-r", "Set a parameter to a text, whatever it looks like.");
    private readonly Option<string[]> _yaml = new("--yaml", "-y") { Description = "Set parameters from YAML: 'epochs: 3', '{rate: 1e-3, layers: [64, 32]}'.", HelpName = "YAML" };
    private readonly Option<string[]> _files = new("--file", "-f") { Description = "Set parameters from a YAML file.", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        command.Add(_values);
        command.Add(_texts);
        command.Add(_yaml);
        command.Add(_files);
    }

    /// <summary>What the command line sets; false with what is wrong.</summary>
    public bool TryRead(ParseResult parse, out IReadOnlyList<KeyValuePair<string, ParameterValue>> parameters, [NotNullWhen(false)] out string? error)
    {
        var set = new OrderedDictionary<string, ParameterValue>();
        (parameters, error) = ([], null);
        foreach (var file in parse.GetValue(_files) ?? [])
        {
            if (!NotebookFile.TryRead(file, out var bytes, out error) || !TryAdd(set, ExportFiles.Utf8.GetString(bytes), file, out error)) return false;
        }

        foreach (var yaml in parse.GetValue(_yaml) ?? [])
        {
            if (!TryAdd(set, yaml, "--yaml", out error)) return false;
        }

        foreach (var (name, value) in parse.GetValue(_values) ?? []) set[name] = ParameterValue.OfWord(value);
        foreach (var (name, value) in parse.GetValue(_texts) ?? []) set[name] = new ParameterValue.Text(value);
        if (set.Keys.FirstOrDefault(name => !IsName(name)) is { } wrong)
        {
            error = $"'{wrong}' is not the name of a parameter: letters, digits and _ make one, and no digit begins it.";
            return false;
        }

        parameters = [.. set];
        return true;
    }

    /// <summary>What people should know of parameters that the notebook does not have; null when all is well.</summary>
    public static string? Unknown(NotebookDocument notebook, string path, IReadOnlyList<KeyValuePair<string, ParameterValue>> parameters)
    {
        if (parameters.Count == 0) return null;
        if (NotebookParameters.Cell(notebook) < 0) return $"{path} has no cell tagged 'parameters': what is set goes to the top, and a cell that assigns the same name undoes it.";
        var known = NotebookParameters.Of(notebook).Select(parameter => parameter.Name).ToList();
        var unknown = parameters.Select(parameter => parameter.Key).Where(name => !known.Contains(name)).ToList();
        return unknown.Count == 0 || known.Count == 0 ? null
            : $"{path} has no parameter {string.Join(", ", unknown)}; it has {string.Join(", ", known)}. {(unknown.Count == 1 ? "It is" : "They are")} set all the same.";
    }

    private static bool TryAdd(OrderedDictionary<string, ParameterValue> set, string yaml, string where, [NotNullWhen(false)] out string? error)
    {
        if (!ParameterYaml.TryRead(yaml, out var values, out var fault))
        {
            error = $"{where} does not hold parameters: {fault}";
            return false;
        }

        error = null;
        foreach (var (name, value) in values) set[name] = value;
        return true;
    }

    private static bool IsName(string name) => name.Length > 0 && !char.IsDigit(name[0]) && name.All(letter => char.IsLetterOrDigit(letter) || letter == '_');

    /// <summary>The command line with <c>-p NAME VALUE</c> as <c>-p NAME=VALUE</c>: of two words behind an option one would be taken for the notebook.</summary>
    public static string[] Joined(string[] arguments)
    {
        if (arguments is not ["nb", "run", ..]) return arguments;
        var joined = new List<string>();
        for (var word = 0; word < arguments.Length; word++)
        {
            joined.Add(arguments[word]);
            if (arguments[word] is not ("-p" or "--parameter" or "-r" or "--raw") || word + 2 >= arguments.Length || arguments[word + 1].Contains('=', StringComparison.Ordinal)) continue;
            joined.Add($"{arguments[word + 1]}={arguments[word + 2]}");
            word += 2;
        }

        return [.. joined];
    }

    private static Option<List<KeyValuePair<string, string>>> Pairs(string name, string alias, string description) => new(name, alias)
    {
        Description = description,
        HelpName = "NAME VALUE",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result => [.. result.Tokens.Select(token => Pair(name, token.Value, result))],
    };

    private static KeyValuePair<string, string> Pair(string option, string word, ArgumentResult result)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) result.AddError($"{option} {word} has no value: {option} {word} VALUE.");
        return KeyValuePair.Create(word[..Math.Max(0, equals)], word[(equals + 1)..]);
    }
}
