using System.CommandLine;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast completion SHELL</c>: what makes a shell complete verbs, options and the names of machines and jobs. The program itself knows what fits.</summary>
internal static class CompletionVerb
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            # holdfast completion bash > /etc/bash_completion.d/holdfast, or in ~/.bashrc: eval "$(holdfast completion bash)"
            _holdfast() {
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
                [ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default
            }
            complete -F _holdfast holdfast
            """,
        ["zsh"] = """
            #compdef holdfast
            # In ~/.zshrc after compinit: eval "$(holdfast completion zsh)"
            _holdfast() {
                local line="${(j: :)words[1,CURRENT]}"
                local -a found
                found=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
                [[ -n "${found[*]}" ]] && compadd -- "${found[@]}" || _files
            }
            compdef _holdfast holdfast
            """,
        ["fish"] = """
            # holdfast completion fish > ~/.config/fish/completions/holdfast.fish
            complete -c holdfast -a '(holdfast "[suggest:"(commandline -cp | string length)"]" (commandline -cp) 2>/dev/null)'
            """,
    };

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.CompletionSources.Add([.. Scripts.Keys]);
        shell.Validators.Add(result =>
        {
            if (!Scripts.ContainsKey(result.Tokens[0].Value)) result.AddError($"SHELL is {string.Join(", ", Scripts.Keys)}, not '{result.Tokens[0].Value}'.");
        });
        var command = new Command("completion", "Print what makes a shell complete verbs, options and the names of machines and jobs. Its first lines say where to put it.") { shell };
        command.SetAction(parse =>
        {
            Console.WriteLine(Scripts[parse.GetValue(shell)!]);
            return 0;
        });
        return command;
    }
}
