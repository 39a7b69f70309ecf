using System.Text;
using Holdfast.Notebooks.Python;

namespace Holdfast.Notebooks.Exporting;

/// <summary>The Python that makes options of a script of a notebook's parameters.</summary>
internal static class ScriptOptions
{
    /// <summary>Goes before the first cell of a script that calls IPython: plain Python gets a shell that answers.</summary>
    public const string Shell =
        """

        # Magics of the notebook work in plain Python too, where IPython is installed.
        try:
            get_ipython
        except NameError:
            import sys
            from IPython.core.interactiveshell import InteractiveShell

            class _Shell(InteractiveShell):
                def enable_gui(self, gui=None):
                    pass

            get_ipython = _Shell.instance(user_module=sys.modules[__name__]).get_ipython

        """;

    private const string Head =
        """

        # Options, from the parameters above.
        def _options():
            import argparse
            import ast
            import json
            import os
            import sys

            def value(text):
                for read in (ast.literal_eval, json.loads):
                    try:
                        return read(text)
                    except (SyntaxError, ValueError):
                        pass
                return text

            class Truth(argparse.BooleanOptionalAction):
                # --x and --no-x, and --x=true and --x=false, as jobs give it.
                def __init__(self, *names, **others):
                    super().__init__(*names, **others)
                    self.nargs = "?"

                def __call__(self, parser, namespace, word, name=None):
                    super().__call__(parser, namespace, None, name)
                    if word is not None:
                        if word.lower() not in ("true", "false"):
                            parser.error(name + " is true or false, not " + word)
                        if word.lower() == "false":
                            setattr(namespace, self.dest, not getattr(namespace, self.dest))

            parser = argparse.ArgumentParser(description={0}, allow_abbrev=False, conflict_handler="resolve")

        """;

    private const string Tail =
        """
            # What a Jupyter kernel is started with is not meant for the script: -f CONNECTION_FILE, --Class.trait=VALUE.
            kernel = os.path.basename(sys.argv[0]).endswith("kernel_launcher.py")
            options, others = parser.parse_known_args([] if kernel else None)
            others = [word for word in others if not (word.startswith("--") and "." in word.partition("=")[0])]
            if others:
                parser.error("unrecognized arguments: " + " ".join(others))
            return options


        _options = _options()

        """;

    /// <summary>Goes behind the cell of parameters.</summary>
    /// <param name="parameters">What that cell assigns.</param>
    /// <param name="description">What the script is, for its help.</param>
    public static string Of(IReadOnlyList<NotebookParameter> parameters, string description)
    {
        var python = new StringBuilder(Head.Replace("{0}", PythonText.Quote(description.Replace("%", "%%", StringComparison.Ordinal)), StringComparison.Ordinal));
        if (!parameters.Any(parameter => parameter.Name == "f")) python.Append("    parser.add_argument(\"-f\", \"--f\", help=argparse.SUPPRESS)\n");
        foreach (var parameter in parameters) python.Append(Argument(parameter));
        python.Append(Tail);
        foreach (var parameter in parameters) python.Append(parameter.Name).Append(" = _options.").Append(parameter.Name).Append('\n');
        return python.Append('\n').ToString();
    }

    private static string Argument(NotebookParameter parameter)
    {
        var dashed = parameter.Name.Replace('_', '-');
        var names = dashed == parameter.Name ? $"\"--{dashed}\"" : $"\"--{dashed}\", \"--{parameter.Name}\", dest=\"{parameter.Name}\"";
        var type = Plain(parameter.Type);
        var kind = type switch
        {
            "int" or "float" => $"type={type}, ",
            "str" => "",
            "bool" => "action=Truth, ",
            null => $"type=str if isinstance({parameter.Name}, str) else value, ",
            _ => "type=value, ",
        };
        var help = parameter.Help.Replace("%", "%%", StringComparison.Ordinal);
        // The action of truth values names the default by itself.
        if (type != "bool") help = help.Length > 0 ? help + " (default: %(default)s)" : "default: %(default)s";
        return $"    parser.add_argument({names}, {kind}default={parameter.Name}, help={PythonText.Quote(help)})\n";
    }

    /// <summary>The type without the None that it may also be.</summary>
    private static string? Plain(string? type)
    {
        if (type is null) return null;
        type = type.Replace(" ", "", StringComparison.Ordinal);
        if (type.StartsWith("Optional[", StringComparison.Ordinal) && type.EndsWith(']')) type = type[9..^1];
        return type.EndsWith("|None", StringComparison.Ordinal) ? type[..^5] : type;
    }
}
