using SharpRun.Linux.Abi;
using SharpRun.Spec;

namespace SharpRun.Linux.Seccomp;

/// <summary>From the name of a system call to its number, for the architectures that an x86-64 kernel runs.</summary>
internal sealed partial class SyscallNumbers
{
    /// <summary>No such system call.</summary>
    internal const int None = -1;

    /// <summary>Numbers below this one, without the bit of x32, are looked at; the kernel's tables end long before.</summary>
    internal const int Limit = 1 << NumberBits;

    private const int NumberBits = 10;
    private const int SlotCount = 1024;

    private static readonly SyscallNumbers X64 = new(NamesX64);
    private static readonly SyscallNumbers I386 = new(NamesI386);
    private static readonly SyscallNumbers OfX32Alone = new(NamesOfX32Alone);
    private static readonly SyscallNumbers NotOfX32 = new(NamesNotOfX32);

    // Open addressing by the hash of the name; 0 is free, else 1 + (offset of the name << NumberBits | number).
    private readonly int[] _slots = new int[SlotCount];

    private SyscallNumbers(ReadOnlySpan<byte> names)
    {
        int number = 0;
        int at = 0;
        while (at < names.Length)
        {
            int end = at + WordLength(names[at..]);
            if (end == at)
            {
                at++;
            }
            else if (names[at] == '=')
            {
                number = int.Parse(names[(at + 1)..end], System.Globalization.CultureInfo.InvariantCulture);
                at = end;
            }
            else
            {
                uint slot = 0;
                foreach (byte letter in names[at..end])
                {
                    slot = Hash(slot, letter);
                }

                while (_slots[slot % SlotCount] != 0)
                {
                    slot++;
                }

                _slots[slot % SlotCount] = 1 + ((at << NumberBits) | number++);
                at = end;
            }
        }
    }

    /// <summary>Every name that one of the architectures has.</summary>
    internal static IEnumerable<string> All =>
        $"{System.Text.Encoding.ASCII.GetString(NamesX64)} {System.Text.Encoding.ASCII.GetString(NamesI386)}"
            .Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(name => name[0] != '=').Distinct();

    /// <summary>The number, for x32 with its bit; <see cref="None"/> when the architecture has no such call, or is not one of x86.</summary>
    internal static int Find(SeccompArch arch, string name)
    {
        switch (arch)
        {
            case SeccompArch.X86_64: return X64.Find(NamesX64, name);
            case SeccompArch.X86: return I386.Find(NamesI386, name);
            case SeccompArch.X32:
                int own = OfX32Alone.Find(NamesOfX32Alone, name);
                int number = own != None ? own : NotOfX32.Find(NamesNotOfX32, name) != None ? None : X64.Find(NamesX64, name);
                return number == None ? None : number | (int)SeccompAbi.X32_SYSCALL_BIT;
            default: return None;
        }
    }

    /// <summary>On i386 also, or only, an operation of socketcall(2) or ipc(2); its first argument is the operation.</summary>
    internal static (string Call, uint Operation)? Multiplexed(string name) => name switch
    {
        "socket" => ("socketcall", 1), "bind" => ("socketcall", 2), "connect" => ("socketcall", 3), "listen" => ("socketcall", 4),
        "accept" => ("socketcall", 5), "getsockname" => ("socketcall", 6), "getpeername" => ("socketcall", 7),
        "socketpair" => ("socketcall", 8), "send" => ("socketcall", 9), "recv" => ("socketcall", 10), "sendto" => ("socketcall", 11),
        "recvfrom" => ("socketcall", 12), "shutdown" => ("socketcall", 13), "setsockopt" => ("socketcall", 14),
        "getsockopt" => ("socketcall", 15), "sendmsg" => ("socketcall", 16), "recvmsg" => ("socketcall", 17),
        "accept4" => ("socketcall", 18), "recvmmsg" => ("socketcall", 19), "sendmmsg" => ("socketcall", 20),
        "semop" => ("ipc", 1), "semget" => ("ipc", 2), "semctl" => ("ipc", 3), "semtimedop" => ("ipc", 4),
        "msgsnd" => ("ipc", 11), "msgrcv" => ("ipc", 12), "msgget" => ("ipc", 13), "msgctl" => ("ipc", 14),
        "shmat" => ("ipc", 21), "shmdt" => ("ipc", 22), "shmget" => ("ipc", 23), "shmctl" => ("ipc", 24),
        _ => null,
    };

    private int Find(ReadOnlySpan<byte> names, string name)
    {
        uint slot = 0;
        foreach (char letter in name)
        {
            slot = Hash(slot, letter);
        }

        for (int entry; (entry = _slots[slot % SlotCount]) != 0; slot++)
        {
            ReadOnlySpan<byte> rest = names[((entry - 1) >> NumberBits)..];
            if (Same(rest[..WordLength(rest)], name))
            {
                return (entry - 1) & (Limit - 1);
            }
        }

        return None;
    }

    private static bool Same(ReadOnlySpan<byte> word, string name)
    {
        if (word.Length != name.Length)
        {
            return false;
        }

        for (int i = 0; i < word.Length; i++)
        {
            if (word[i] != name[i])
            {
                return false;
            }
        }

        return true;
    }

    private static int WordLength(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny((byte)' ', (byte)'\n');
        return end < 0 ? text.Length : end;
    }

    private static uint Hash(uint hash, uint letter) => unchecked((hash ^ letter) * 0x01000193) ^ (hash >> 15);
}
